import { describe, expect, it } from 'vitest';
import { spendByMonth } from './spend.ts';

const invoice = (issuedOn: string, totalMinor: bigint, more: object = {}) => ({
	issuedOn,
	totalMinor,
	status: 'paid',
	currency: 'KES',
	...more
});
const next = { on: '2026-12-01', currency: 'KES', amountMinor: 500n };

describe('spend by month', () => {
	it('adds up the invoices of a month, keeps months without any, and ends with the next bill', () => {
		const spend = spendByMonth(
			[invoice('2026-11-01', 300n), invoice('2026-09-20', 20n), invoice('2026-09-01', 100n)],
			next,
			'2026-11-25'
		);
		expect(spend).toEqual({
			currency: 'KES',
			months: [
				{ month: '2026-09-01', amountMinor: 120n, expected: false },
				{ month: '2026-10-01', amountMinor: 0n, expected: false },
				{ month: '2026-11-01', amountMinor: 300n, expected: false },
				{ month: '2026-12-01', amountMinor: 500n, expected: true }
			],
			billedMinor: 420n
		});
	});

	it('counts neither void invoices nor those in another currency', () => {
		const spend = spendByMonth(
			[
				invoice('2026-11-20', 70n, { status: 'void' }),
				invoice('2026-11-01', 300n),
				invoice('2026-11-01', 9n, { currency: 'USD' })
			],
			null,
			'2026-11-25'
		);
		expect(spend?.billedMinor).toBe(300n);
	});

	it('shows a year at most, over the turn of years', () => {
		const invoices = Array.from({ length: 15 }, (_, back) =>
			invoice(new Date(Date.UTC(2026, 10 - back, 1)).toISOString().slice(0, 10), 1n)
		);
		const months = spendByMonth(invoices, next, '2026-11-25')?.months ?? [];
		expect([months[0]?.month, months.at(-1)?.month, months.length]).toEqual([
			'2025-12-01',
			'2026-12-01',
			13
		]);
	});

	it('is nothing before the first invoice', () => {
		expect(spendByMonth([], next, '2026-11-25')).toBeNull();
	});
});
