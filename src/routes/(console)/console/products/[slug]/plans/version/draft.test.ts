import { describe, expect, it } from 'vitest';
import type { ListedVersion, PlanPrice } from '#server/modules/catalogue/index.ts';
import {
	bytesOf,
	draftOf,
	priceField,
	priceFields,
	readDraft,
	termFields,
	tierField,
	tierFields,
	type VersionDraft
} from './draft.ts';
import { kinder, plainNumber, pricesOf, toField, usedOf } from './prices.ts';
import { changeRows, priceOf } from './rows.ts';

const meters = [
	{ slug: 'sms', name: 'SMS' },
	{ slug: 'loans', name: 'Loans' },
	{ slug: 'collections', name: 'Collections' }
];
const names = { plan: 'Growth', meters };
const taxed = { taxClass: 'standard' as const, taxIncluded: false };
const prices: PlanPrice[] = [
	{
		...taxed,
		slug: 'base',
		kind: 'flat',
		label: 'Platform',
		meter: null,
		price: { model: 'flat', amount: '4500' }
	},
	{
		...taxed,
		slug: 'seats',
		kind: 'seat',
		label: 'Seats',
		meter: null,
		taxIncluded: true,
		price: { model: 'package', package_size: '5', package_amount: '900', included: '5' }
	},
	{
		...taxed,
		slug: 'texts',
		kind: 'usage',
		label: 'Text messages',
		meter: 'sms',
		taxClass: 'exempt',
		price: {
			model: 'per_unit',
			unit_amount: '0.9',
			transform: { divide_by: '1000', round: 'down' },
			free_units: '2',
			minimum_spend: '10',
			maximum_spend: '900'
		}
	},
	{
		...taxed,
		slug: 'loans',
		kind: 'usage',
		label: 'Loans',
		meter: 'loans',
		price: {
			model: 'volume',
			tiers: [
				{ up_to: '10', unit_amount: '5', flat_amount: '100' },
				{ up_to: null, unit_amount: '4' }
			]
		}
	},
	{
		...taxed,
		slug: 'collections',
		kind: 'usage',
		label: 'Collections',
		meter: 'collections',
		price: {
			model: 'percentage',
			rate_percent: '1.5',
			fixed_per_event: '2',
			free_events: '3',
			free_total: '100',
			per_event_min: '1',
			per_event_max: '50'
		}
	},
	{
		...taxed,
		slug: 'volume',
		kind: 'usage',
		label: 'Turnover',
		meter: 'turnover',
		price: {
			model: 'graduated_percentage',
			tiers: [
				{ up_to: '1000', rate_percent: '2' },
				{ up_to: null, rate_percent: '1', flat_amount: '5' }
			]
		}
	}
];
const version = {
	interval: 'quarter',
	inAdvance: false,
	currency: 'KES',
	seats: 5,
	includedBytes: 50_500_000_000n,
	trialDays: 14,
	upgrade: 'period_end',
	downgrade: 'at_once',
	cancellation: 'at_once',
	proration: 'second',
	standing: 'current',
	note: 'Prices of 2027',
	prices
} as ListedVersion;
const draft = draftOf({ slug: 'growth', name: 'Growth' }, version);

/** As the browser sends it. */
function sent(typed: VersionDraft): Record<string, string> {
	const fields: Record<string, string> = {};
	for (const field of termFields) fields[field] = typed[field];
	typed.prices.forEach((price, index) => {
		for (const field of priceFields) fields[priceField(index, field)] = price[field];
		price.tiers.forEach((tier, at) => {
			for (const field of tierFields) fields[tierField(index, at, field)] = tier[field];
		});
	});
	return fields;
}

describe('the form of a version', () => {
	it('sent back as it came, says the same of every model', () => {
		const read = readDraft(sent(draft));
		expect(read).toEqual(draft);
		expect(pricesOf(read.prices, names)).toEqual(prices);
		expect(bytesOf(read.data)).toBe(50_500_000_000n);
	});

	it('names what was not named, and tells two prices of one kind apart', () => {
		const [base] = draft.prices;
		const typed = [base, base, { ...base, way: 'usage.per_unit', meter: 'sms' }].map((price) => ({
			...(price as VersionDraft['prices'][number]),
			slug: '',
			label: ''
		}));
		const read = pricesOf(typed, names);
		expect(read.map(({ slug, label }) => [slug, label])).toEqual([
			['base', 'Growth'],
			['base-2', 'Growth'],
			['sms', 'SMS']
		]);
	});

	it('adds rows and takes them away, and keeps everything else', () => {
		const more = changeRows(draft, 'add-tier.3', meters);
		expect(more.prices[3]?.tiers).toHaveLength(3);
		expect(priceOf('add-tier.3', more)).toBe(3);
		expect(changeRows(more, 'remove-tier.3.2', meters)).toEqual(draft);
		const fewer = changeRows(draft, 'remove-price.0', meters);
		expect(fewer.prices).toEqual(draft.prices.slice(1));
		const free = changeRows({ ...draft, prices: [] }, 'add-price', meters);
		expect(free.prices).toMatchObject([{ way: 'usage.per_unit', meter: 'sms' }]);
		expect(changeRows(draft, 'remove-everything', meters)).toEqual(draft);
	});

	it('leaves out rows under an open tier, and no row that has to be said', () => {
		const tiers = (rows: string[][]) => {
			const typed = rows.map(([up_to = '', unit_amount = '']) => ({
				up_to,
				unit_amount,
				rate_percent: '',
				flat_amount: ''
			}));
			const [price] = pricesOf(
				[{ ...(draft.prices[3] as VersionDraft['prices'][number]), tiers: typed }],
				names
			);
			return price && 'tiers' in price.price ? price.price.tiers.length : 0;
		};
		expect(
			tiers([
				['', '5'],
				['', '']
			])
		).toBe(1);
		expect(
			tiers([
				['10', '5'],
				['', '']
			])
		).toBe(2);
	});

	it('reads numbers as people write them, and guesses none', () => {
		expect(plainNumber('12,500.50')).toBe('12500.50');
		expect(plainNumber('1 486')).toBe('1486');
		expect(plainNumber('0,900')).toBe('0,900');
		expect(plainNumber('1,5')).toBe('1,5');
	});

	it('shows what is wrong beside its field', () => {
		const at = (path: string) => toField({ path, message: '' }).path;
		expect(at('prices.3.price.tiers.1.up_to')).toBe(tierField(3, 1, 'up_to'));
		expect(at('prices.0.price.amount')).toBe(priceField(0, 'amount'));
		expect(at('prices.2.price.transform.divide_by')).toBe(priceField(2, 'divide_by'));
		expect(at('prices.2.meter')).toBe(priceField(2, 'meter'));
		expect(at('used.4.event_values')).toBe(priceField(4, 'values'));
		expect(at('used.4.quantity')).toBe(priceField(4, 'used'));
		expect(at('onOfferFrom')).toBe('from');
		expect(at('prices')).toBe('prices');
	});

	it('asks for a number in the words of people', () => {
		const issue = {
			path: 'prices-0-amount',
			message: 'Write a decimal number as text, such as "1486" or "0.90".'
		};
		expect(kinder(issue, {}).message).toBe('Write a number.');
		expect(kinder(issue, { 'prices-0-amount': 'many' }).message).toMatch(/^Write a plain number/);
	});

	it('tries a price with a quantity, a sum, or the values of events', () => {
		const [, seats, , , percentage] = draft.prices as [never, never, never, never, never];
		const used = (price: VersionDraft['prices'][number], typed: object) =>
			usedOf({ ...price, ...typed });
		expect(used(seats, { used: '1,200' })).toEqual({ quantity: '1200' });
		expect(used(percentage, { used: '900', events: '3' })).toEqual({ total: '900', events: '3' });
		expect(used(percentage, { used: '900', values: '100 200; 600' })).toEqual({
			event_values: ['100', '200', '600']
		});
	});
});
