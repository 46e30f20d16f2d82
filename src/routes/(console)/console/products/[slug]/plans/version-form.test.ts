import { describe, expect, it } from 'vitest';
import type { ListedVersion, PlanPrice } from '#server/modules/catalogue/index.ts';
import { formOf, pricesOf, toField } from './version-form.ts';

const meters = [
	{ slug: 'sms', name: 'SMS' },
	{ slug: 'members', name: 'Members' },
	{ slug: 'loans', name: 'Loans' }
];
const taxed = { taxClass: 'exempt' as const, taxIncluded: false };
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
		slug: 'texts',
		kind: 'usage',
		label: 'Text messages',
		meter: 'sms',
		price: { model: 'per_unit', unit_amount: '0.9', included: '6000' }
	},
	{
		...taxed,
		slug: 'loans',
		kind: 'usage',
		label: 'Loans',
		meter: 'loans',
		price: { model: 'volume', tiers: [{ up_to: null, unit_amount: '5' }] }
	}
];
const version = {
	interval: 'month',
	currency: 'KES',
	trialDays: 14,
	prices
} as ListedVersion;
const form = formOf({ slug: 'growth', name: 'Growth' }, version, meters);
const written = (fields: Record<string, string>) =>
	pricesOf((name) => fields[name] ?? '', '', form, prices);

describe('the form of a version', () => {
	it('begins with what the version before says', () => {
		expect(form).toMatchObject({ amount: '4500', trialDays: '14', interval: 'month' });
		expect(form.rows.map(({ meter, unit, included }) => [meter, unit, included])).toEqual([
			['sms', '0.9', '6000'],
			['members', '', ''],
			['loans', '', '']
		]);
		expect(form.kept.map(({ slug }) => slug)).toEqual(['loans']);
	});

	it('sent back as it is, says the same', () => {
		const same = written({ amount: '4500', 'unit-sms': '0.9', 'included-sms': '6000' });
		expect(new Set(same)).toEqual(new Set(prices));
	});

	it('changes amounts, and keeps names, taxes and what it has no fields for', () => {
		expect(
			written({ amount: '', 'unit-sms': '0.8', 'unit-members': '12', 'unit-loans': '1' })
		).toEqual([
			prices[2],
			{ ...prices[1], price: { model: 'per_unit', unit_amount: '0.8' } },
			{
				slug: 'members',
				kind: 'usage',
				label: 'Members',
				meter: 'members',
				taxClass: 'standard',
				taxIncluded: false,
				price: { model: 'per_unit', unit_amount: '12' }
			}
		]);
	});

	it('shows what is wrong beside its field', () => {
		const field = (path: string) => toField({ path }, prices).path;
		expect(field('prices.0.price.amount')).toBe('amount');
		expect(field('prices.1.price.unit_amount')).toBe('unit-sms');
		expect(field('prices.1.price.included')).toBe('included-sms');
		expect(field('currency')).toBe('currency');
	});
});
