import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member, Scope } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { startSubscription } from '../billing/index.ts';
import { grantAccess } from '../launch/index.ts';
import { listActivity } from './index.ts';

// How many entries PostgreSQL looks at for a page, by its own count: a page that reads its entries in order
// looks at those it shows, and one that sorts, filters or scans looks at thousands.

type Question = Parameters<typeof listActivity>[1];

const newest = new Date('2026-11-25T09:00:00Z');
const length = 20_000;
const limit = 25;

let runtime: TestRuntime;
let mavuno: Member;
let otieno: Member;
let wanjiru: Member;

beforeAll(async () => {
	runtime = await startTestRuntime(newest);
	const businesses = await createTwoBusinesses();
	({ mavuno } = businesses);
	const { businessId } = mavuno;
	otieno = await createMember(businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	wanjiru = await createMember(businessId, 'Wanjiru Kamau', 'wanjiru@mavuno.example', 'member');
	const products = await createProducts();
	await withSystem('test', async (scope) => {
		await startSubscription(scope, {
			businessId,
			product: 'erp',
			plan: 'business',
			startedOn: '2026-11-01'
		});
		await grantAccess(scope, { businessId, personId: otieno.personId, product: 'erp' });
	});
	// Otieno works in the ERP and launches it, Wanjiru in Payroll, the ERP backs itself up; nobody exports.
	const owner = new pg.Client({ ...runtime.connection, user: 'postgres' });
	await owner.connect();
	try {
		await owner.query(
			`insert into activity.entries
				(business_id, id, key, kind, field, occurred_at, person_id, person_name, product_id, what, words)
			select case when n % 5 = 4 then $1 else $2 end, 'act_' || lpad(n::text, 26, '0'), 'key ' || n,
				case when n % 5 = 1 then 'launched' else 'reported' end, case when n % 5 = 1 then 'launches' else 'work' end,
				$3::timestamptz - n * interval '1 minute',
				case n % 5 when 0 then $4 when 1 then $4 when 2 then $5 end,
				case n % 5 when 0 then 'Otieno Ouma' when 1 then 'Otieno Ouma' when 2 then 'Wanjiru Kamau' end,
				case when n % 5 = 2 then $6 else $7 end, case when n % 5 <> 1 then 'posted invoices' end,
				to_tsvector('english', 'posted invoices') || array_to_tsvector(array[case when n % 5 = 4 then $1 else $2 end])
			from generate_series(1, $8::int) n`,
			[
				businesses.pwani.businessId,
				businessId,
				newest,
				otieno.personId,
				wanjiru.personId,
				products.payroll,
				products.erp,
				length
			]
		);
		await owner.query('vacuum analyze activity.entries');
	} finally {
		await owner.end();
	}
});
afterAll(() => runtime.stop());

const count = async ({ db }: Scope): Promise<{ scans: number; looked: number }> => {
	const { rows } = await sql<{ scans: string; looked: string }>`
		select seq_scan as scans, seq_tup_read + coalesce(idx_tup_fetch, 0) as looked
		from pg_stat_xact_user_tables where schemaname = 'activity' and relname = 'entries'`.execute(db);
	return { scans: Number(rows[0]?.scans), looked: Number(rows[0]?.looked) };
};

const look = (as: Member, question: Question) =>
	withBusiness(as, async (scope) => {
		const before = await count(scope);
		const { entries } = await listActivity(scope, { limit, ...question });
		const after = await count(scope);
		return {
			shown: entries.length,
			scans: after.scans - before.scans,
			looked: after.looked - before.looked
		};
	});

const middle = `${newest.getTime() - (length / 2) * 60_000}.act_${'0'.repeat(26)}`;
const days = (from: number, to: number) => ({
	from: new Date(newest.getTime() - from * 86_400_000),
	to: new Date(newest.getTime() - to * 86_400_000)
});

it.each<[what: string, shown: number, question: () => Question, as?: () => Member]>([
	['the first page', 25, () => ({})],
	['a page far behind', 25, () => ({ before: middle })],
	['a person', 25, () => ({ person: otieno.personId })],
	['a product', 25, () => ({ product: 'payroll' })],
	['a kind', 25, () => ({ field: 'launches' })],
	['a kind that nobody had', 0, () => ({ field: 'exports' })],
	['three days of last week', 25, () => days(9, 6)],
	['days before everything', 0, () => days(60, 30)],
	['a product and a kind', 25, () => ({ product: 'erp', field: 'launches' })],
	['a product and a kind that it never had', 0, () => ({ product: 'payroll', field: 'launches' })],
	['a person and a kind', 25, () => ({ person: otieno.personId, field: 'launches' })],
	[
		'a person and a kind that they never had',
		0,
		() => ({ person: otieno.personId, field: 'team' })
	],
	['a person and a product', 25, () => ({ person: otieno.personId, product: 'erp' })],
	[
		'a person and a product that they never used',
		0,
		() => ({ person: otieno.personId, product: 'payroll' })
	],
	[
		'a person, a product and a kind that never met',
		0,
		() => ({ person: wanjiru.personId, product: 'payroll', field: 'launches' })
	],
	[
		'everything at once',
		25,
		() => ({ person: otieno.personId, product: 'erp', field: 'work', ...days(9, 3) })
	],
	['what a member did and may see', 25, () => ({}), () => otieno],
	['what a member did, far behind', 25, () => ({ before: middle }), () => otieno],
	['what a member did of one kind', 25, () => ({ field: 'launches' }), () => otieno],
	['a common word', 25, () => ({ search: 'invoice' })]
])('%s costs what it shows', async (_what, shown, question, as = () => mavuno) => {
	const found = await look(as(), question());
	expect(found.shown).toBe(shown);
	expect(found.scans).toBe(0);
	// Of each part one more than is shown, to know whether there are more; and what is found by words is read by id.
	expect(found.looked).toBeLessThanOrEqual(4 * (limit + 1));
});
