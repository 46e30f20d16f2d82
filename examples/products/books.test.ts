import { describe, expect, it } from 'vitest';
import { sampleProducts } from './catalogue.ts';
import { erp } from './erp/application.ts';
import { FormProblem, type Application, type View } from './framework/application.ts';
import { chanceOf, trueChance } from './framework/chance.ts';
import { payroll } from './payroll/application.ts';
import { sacco } from './sacco/application.ts';
import { freeOf, owedBy, roomOf } from './sacco/book.ts';

const now = new Date('2026-11-22T09:00:00Z');

/** Does what a form of the page at this path does. */
function act<Book>(
	application: Application<Book>,
	book: Book,
	path: string,
	action: string,
	fields: Record<string, string> = {}
) {
	const [page, id] = application.pages
		.map((each) => {
			const [start = '', open] = each.path.split(':');
			return [each, open && path.startsWith(start) ? path.slice(start.length) : ''] as const;
		})
		.find(([each, found]) => each.path === path || (found && !found.includes('/'))) as [
		(typeof application.pages)[number],
		string
	];
	const person = {
		sub: 'psn_1',
		name: 'Wanjiku Kamau',
		email: 'wanjiku@mavuno.example',
		role: 'manager',
		business: { id: 'biz_1', name: 'Mavuno' }
	};
	const view: View<Book> = {
		book,
		person,
		query: new URLSearchParams(),
		path,
		id,
		refused: null,
		now,
		may: () => true,
		isOpen: () => true,
		sees: () => true
	};
	const deed = page.actions?.[action]?.act(book, fields, view);
	if (!deed) throw new Error(`${path} has no ${action}.`);
	// Whatever was done can be shown.
	expect(page.show(view)?.markup).toContain('<');
	return deed;
}

const begun = <Book>(application: Application<Book>, count: number): Book =>
	application.begin(count, chanceOf('test'), now);

describe.each([erp, sacco, payroll] as Application<unknown>[])('$slug', (application) => {
	const declared = sampleProducts.find(({ slug }) => slug === application.slug);
	const roles = new Set(declared?.roles.map(({ slug }) => slug));

	it.each([0, 1, 2, 7, 34, 89, 156])('begins with exactly %i of what it counts', (count) => {
		expect(application.count(begun(application, count))).toBe(count);
	});

	it('names no role in its pages that it has not declared', () => {
		const named = application.pages.flatMap(({ roles: seen = [], actions = {} }) => [
			...seen,
			...Object.values(actions).flatMap((action) => action.roles)
		]);
		expect(named.filter((role) => !roles.has(role))).toEqual([]);
		expect(application.exporters.filter((role) => !roles.has(role))).toEqual([]);
	});

	it('has a page for every place that it declares, open to every role', () => {
		for (const { path, label } of declared?.places ?? []) {
			const page = application.pages.find((each) => each.path === path);
			expect(page?.roles, path).toBeUndefined();
			if (typeof page?.label === 'string') expect(page.label).toBe(label);
		}
	});

	it('writes every kind of export that it declares, from an empty book too', () => {
		for (const { slug } of declared?.exports ?? [])
			for (const count of [0, 34]) {
				const sheets = application.sheets[slug]?.(begun(application, count)) ?? [];
				expect(sheets.length, slug).toBeGreaterThan(0);
				for (const { columns, rows } of sheets)
					expect(rows.every((row) => row.length === columns.length)).toBe(true);
			}
		expect(Object.keys(application.sheets)).toEqual(declared?.exports.map(({ slug }) => slug));
	});

	it('goes on by itself as far as each role goes, and counts on', () => {
		const book = begun(application, 34);
		for (const role of roles)
			for (let n = 0; n < 50; n++) {
				const deed = application.work(book, role, trueChance, now);
				if (deed) expect(deed.path).toMatch(/^\//);
			}
		for (const { slug } of declared?.roles ?? [])
			if (/viewer|auditor|approver/.test(slug))
				expect(application.work(book, slug, trueChance, now)).toBeNull();
	});
});

describe('the ERP', () => {
	it('orders, has it approved, and receives it into stock once', () => {
		const book = begun(erp, 156);
		const [item] = book.items;
		const before = item?.onHand ?? 0;
		const fields = { item: item?.id ?? '', quantity: '40', supplier: 'Rift Millers' };
		const { path } = act(erp, book, '/purchases/orders', 'order', fields);
		expect(() => act(erp, book, path, 'receive')).toThrow(FormProblem);
		act(erp, book, path, 'approve');
		act(erp, book, path, 'receive');
		expect(item?.onHand).toBe(before + 40);
		expect(() => act(erp, book, path, 'receive')).toThrow(FormProblem);
		expect(item?.onHand).toBe(before + 40);
	});

	it('lets nothing out of the store that is not there', () => {
		const book = begun(erp, 156);
		const [item] = book.items;
		const most = item?.onHand ?? 0;
		const fields = (quantity: number) => ({
			item: item?.id ?? '',
			quantity: String(quantity),
			to: 'Kitchen',
			customer: 'Baraka Shop'
		});
		expect(() => act(erp, book, '/stock/issues', 'issue', fields(most + 1))).toThrow(FormProblem);
		act(erp, book, '/sales/invoices', 'sell', fields(most));
		expect(item?.onHand).toBe(0);
		expect(() => act(erp, book, '/stock/issues', 'issue', fields(1))).toThrow(
			/There is no .* in stock/
		);
	});

	it('takes a count in place of what the book had', () => {
		const book = begun(erp, 156);
		const [item] = book.items;
		const had = item?.onHand ?? 0;
		const counted = { item: item?.id ?? '', counted: String(had - 3), reason: 'Damaged' };
		act(erp, book, '/stock/counts', 'count', counted);
		expect(book.adjustments.at(-1)).toMatchObject({ quantity: -3, reason: 'Damaged' });
		expect(() => act(erp, book, '/stock/counts', 'count', counted)).toThrow(FormProblem);
	});
});

describe('the SACCO', () => {
	const joined = () => {
		const book = begun(sacco, 0);
		act(sacco, book, '/members', 'join', { name: 'Neema Charo', phone: '0700 011 222' });
		const [member] = book.members;
		if (!member) throw new Error('Nobody has joined.');
		act(sacco, book, '/savings', 'deposit', { member: member.id, amount: '10,000', by: 'Cash' });
		return { book, member };
	};

	it('lends up to three times the savings, and repays to the shilling', () => {
		const { book, member } = joined();
		const wanted = (amount: string) => ({
			member: member.id,
			amount,
			months: '3',
			purpose: 'School fees'
		});
		expect(() => act(sacco, book, '/loans', 'apply', wanted('30,001'))).toThrow(FormProblem);
		act(sacco, book, '/loans', 'apply', wanted('30,000'));
		expect(roomOf(book, member)).toBe(0);
		const path = `/loans/${book.loans[0]?.id ?? ''}`;
		expect(() => act(sacco, book, path, 'lend')).toThrow(FormProblem);
		act(sacco, book, path, 'approve');
		expect(owedBy(book, member.id)).toBe(0);
		act(sacco, book, path, 'lend');
		// 30,000 × 0.01 ÷ (1 − 1.01⁻³) = 10,200.66: 10,201 twice, and the rest of it and of the loan.
		const owed = owedBy(book, member.id);
		expect(owed).toBe(30_602);
		expect(freeOf(book, member)).toBe(0);
		const part = { amount: '600', by: 'M-Pesa' };
		expect(act(sacco, book, path, 'repay', part).usage).toEqual([
			{ type: 'mpesa.collected', data: { count: 1 } }
		]);
		expect(() => act(sacco, book, path, 'repay', { amount: String(owed), by: 'Cash' })).toThrow(
			FormProblem
		);
		act(sacco, book, path, 'repay', { amount: String(owed - 600), by: 'Cash' });
		expect(book.loans[0]?.state).toBe('repaid');
		expect(freeOf(book, member)).toBe(10_000);
	});

	it('pays out no more than is free', () => {
		const { book, member } = joined();
		const out = (amount: string) => ({ member: member.id, amount, by: 'Cash' });
		expect(() => act(sacco, book, '/savings/withdrawals', 'withdraw', out('10,001'))).toThrow(
			FormProblem
		);
		act(sacco, book, '/savings/withdrawals', 'withdraw', out('4,000'));
		expect(member.savings).toBe(6_000);
	});

	it('keeps what members have saved and what their entries say the same', () => {
		const book = begun(sacco, 89);
		for (const { id, savings } of book.members) {
			const entries = book.entries.filter(({ memberId }) => memberId === id);
			const sum = entries.reduce(
				(all, { kind, amount }) => all + (kind === 'withdrawal' ? -amount : amount),
				0
			);
			expect(sum).toBe(savings);
		}
	});
});

describe('the payroll', () => {
	it('pays nobody from the run after they left', () => {
		const book = begun(payroll, 34);
		act(payroll, book, '/employees/101', 'end', { on: '2026-11-30' });
		act(payroll, book, '/pay-runs', 'prepare');
		expect(book.runs.at(-1)?.payslips.map(({ number }) => number)).not.toContain(101);
		expect(payroll.count(book)).toBe(33);
	});

	it('counts leave without Sundays, and refuses days that are none', () => {
		const book = begun(payroll, 34);
		const leave = { employee: 'employee-101', kind: 'annual', from: '2026-11-23' };
		expect(act(payroll, book, '/leave', 'ask', { ...leave, to: '2026-11-30' }).done).toContain(
			'7 days'
		);
		for (const to of ['2026-11-22', '2026-11-31', '', 'tomorrow', '2027-06-01'])
			expect(() => act(payroll, book, '/leave', 'ask', { ...leave, to })).toThrow(FormProblem);
	});
});
