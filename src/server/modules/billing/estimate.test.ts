import { describe, expect, it } from 'vitest';
import { estimateNextBill, type MeteredQuantity, type RenewingSubscription } from './estimate.ts';

const erp: RenewingSubscription = {
	product: { id: 'prd_erp', slug: 'erp', name: 'ERP System' },
	planName: 'Business',
	amountMinor: 1_850_000n,
	currency: 'KES',
	anchorOn: '2025-12-01',
	period: { start: '2026-11-01', end: '2026-12-01' },
	renewsOn: '2026-12-01',
	usage: [{ meter: 'etims', label: 'eTIMS invoices', included: '0', unitMinor: '200' }]
};
const sacco: RenewingSubscription = {
	...erp,
	product: { id: 'prd_sacco', slug: 'sacco', name: 'SACCO' },
	planName: 'Growth',
	amountMinor: 1_400_000n,
	usage: [
		{ meter: 'members', label: 'Members', included: '100', unitMinor: '12000' },
		{ meter: 'mpesa', label: 'M-Pesa collections', included: '0', unitMinor: '300' },
		{ meter: 'sms', label: 'SMS', included: '0', unitMinor: '90' }
	]
};
const metered: MeteredQuantity[] = [
	{ productId: 'prd_erp', meter: 'etims', quantity: '361' },
	{ productId: 'prd_sacco', meter: 'sms', quantity: '4800' },
	{ productId: 'prd_sacco', meter: 'mpesa', quantity: '1486' },
	{ productId: 'prd_sacco', meter: 'members', quantity: '89' }
];

describe('the next bill', () => {
	it('is the plans of the coming period and the usage so far, with VAT on their sum', () => {
		const bill = estimateNextBill([erp, sacco], metered);
		expect(bill).toMatchObject({
			amountMinor: 4_872_000n,
			subtotalMinor: 4_200_000n,
			taxMinor: 672_000n,
			currency: 'KES',
			on: '2026-12-01',
			estimated: true
		});
		expect(
			bill?.lines.map(({ label, quantity, amountMinor, period }) => [
				label,
				quantity,
				amountMinor,
				period.start
			])
		).toEqual([
			['Business', '1', 1_850_000n, '2026-12-01'],
			['Growth', '1', 1_400_000n, '2026-12-01'],
			['M-Pesa collections', '1486', 445_800n, '2026-11-01'],
			['SMS', '4800', 432_000n, '2026-11-01'],
			['eTIMS invoices', '361', 72_200n, '2026-11-01']
		]);
		expect(bill?.lines[0]?.period).toEqual({ start: '2026-12-01', end: '2027-01-01' });
	});

	it.each<[string, RenewingSubscription[], MeteredQuantity[], bigint | null]>([
		['is null when nothing renews', [], metered, null],
		['takes a meter that was not brought as unused', [erp], [], 2_146_000n],
		[
			'charges members beyond those included',
			[sacco],
			[{ productId: 'prd_sacco', meter: 'members', quantity: '102' }],
			1_400_000n + 24_000n + 227_840n
		],
		[
			'does not take the meter of one product for another’s',
			[erp],
			[{ productId: 'prd_sacco', meter: 'etims', quantity: '900' }],
			2_146_000n
		],
		[
			'leaves out what renews later',
			[erp, { ...sacco, renewsOn: '2026-12-15' }],
			metered,
			2_146_000n + 83_752n
		],
		[
			'rounds a rate finer than a cent once a line',
			[
				{
					...erp,
					amountMinor: 0n,
					usage: [{ meter: 'etims', label: 'x', included: '0', unitMinor: '0.5' }]
				}
			],
			[{ productId: 'prd_erp', meter: 'etims', quantity: '3' }],
			2n
		]
	])('%s', (_, subscriptions, quantities, amount) => {
		expect(estimateNextBill(subscriptions, quantities)?.amountMinor ?? null).toBe(amount);
	});

	it('is not an estimate when no use is charged', () => {
		expect(estimateNextBill([{ ...erp, usage: [] }], [])).toMatchObject({ estimated: false });
	});
});
