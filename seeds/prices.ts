import type { Slug } from './people.ts';

/** The vendor's plans, and what they ask for use. Amounts are minor units of KES. */
export interface StoryPlan {
	product: Slug;
	slug: string;
	name: string;
	/** For the month; null where only use is paid for. */
	amountMinor: bigint | null;
	seats?: number;
	includedBytes?: bigint;
	trialDays?: number;
	usage: { meter: string; label: string; included?: string; unitMinor: string }[];
}

const gigabyte = 1_000_000_000n;
const etims = { meter: 'etims-invoices', label: 'eTIMS invoices', unitMinor: '200' };
const mpesa = { meter: 'mpesa-collections', label: 'M-Pesa collections', unitMinor: '300' };
const sms = { meter: 'sms', label: 'SMS', unitMinor: '90' };
const members = (included: string) => ({
	meter: 'members',
	label: 'Members',
	included,
	unitMinor: '12000'
});

export const plans: StoryPlan[] = [
	{
		product: 'erp',
		slug: 'starter',
		name: 'Starter',
		amountMinor: 750_000n,
		seats: 5,
		includedBytes: gigabyte,
		trialDays: 30,
		usage: [etims]
	},
	{
		product: 'erp',
		slug: 'business',
		name: 'Business',
		amountMinor: 1_850_000n,
		seats: 20,
		includedBytes: 2n * gigabyte,
		trialDays: 30,
		usage: [etims]
	},
	{
		product: 'sacco',
		slug: 'growth',
		name: 'Growth',
		amountMinor: 1_400_000n,
		includedBytes: gigabyte,
		trialDays: 30,
		usage: [members('100'), mpesa, sms]
	},
	{
		product: 'sacco',
		slug: 'union',
		name: 'Union',
		amountMinor: 2_600_000n,
		includedBytes: 2n * gigabyte,
		usage: [members('500'), mpesa, sms]
	},
	{
		product: 'payroll',
		slug: 'standard',
		name: 'Standard',
		// Each employee is paid for, and nothing besides.
		amountMinor: null,
		trialDays: 90,
		usage: [{ meter: 'employees', label: 'Employees', unitMinor: '25000' }]
	}
];

/** What co-operatives get for as long as they stay. */
export const coOperatives = { code: 'USHIRIKA', name: 'Co-operative discount', percent: '5' };
