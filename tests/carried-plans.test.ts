import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

// What migrations/0051_plan_versions.sql makes of plans that were sold before there were versions.

const folder = new URL('../migrations/', import.meta.url);
const carrying = '0051_plan_versions.sql';

const name = `carried_${randomBytes(6).toString('hex')}`;
let superuser: pg.Client;
let owner: pg.Client;

beforeAll(async () => {
	const server = inject('database');
	superuser = new pg.Client({ ...server, user: 'postgres', database: 'postgres' });
	await superuser.connect();
	await superuser.query(`create database ${name} owner ${server.user}`);
	owner = new pg.Client({ ...server, database: name });
	await owner.connect();
	for (const file of readdirSync(folder).sort())
		if (file.endsWith('.sql') && file < carrying) await run(file);
	await owner.query(asBefore);
	await run(carrying);
});
afterAll(async () => {
	await owner.end();
	await superuser.query(`drop database ${name} with (force)`);
	await superuser.end();
});

/** As the portal runs one: alone in a transaction. */
async function run(file: string): Promise<void> {
	await owner.query('begin');
	await owner.query(readFileSync(new URL(file, folder), 'utf8'));
	await owner.query('commit');
}

/**
 * Growth was 120.00 once, when Mavuno began, with SMS at 0.80; then 140.00 with SMS at 0.90, when Pwani began;
 * today 150.00, and nobody has begun with that. Solo asks for nothing but use, in shillings without cents, of
 * meters whose names are no slugs. Nobody ever had Idle.
 */
const asBefore = `
	insert into businesses.businesses (id, name, created_at) values
		('biz_mavuno', 'Mavuno', '2025-01-01'), ('biz_pwani', 'Pwani', '2025-01-01');
	insert into catalogue.products (id, slug, name, summary, mark, position, login_url, created_at)
		values ('prd_sacco', 'sacco', 'SACCO', 'Savings', 'sacco', 1, 'https://sacco.example/login', '2024-01-01');
	insert into catalogue.plans
		(id, product_id, slug, name, amount_minor, currency, position, seats, included_bytes, trial_days) values
		('pla_growth', 'prd_sacco', 'growth', 'Growth', 15000, 'KES', 1, 20, 1000000000, 30),
		('pla_solo', 'prd_sacco', 'solo', 'Solo', 0, 'UGX', 2, null, null, null),
		('pla_idle', 'prd_sacco', 'idle', 'Idle', 99999, 'KES', 3, null, null, null);
	insert into billing.usage_prices (plan_id, meter, label, included, unit_minor) values
		('pla_growth', 'sms', 'SMS', 100, 90.5),
		('pla_solo', 'Base', 'Odd', 0, 3),
		('pla_solo', 'base', 'Even', 0, 4);
	insert into billing.subscriptions (business_id, id, product_id, plan_id, status, amount_minor, currency,
		started_on, anchor_on, period_start, period_end, ended_on) values
		('biz_mavuno', 'sub_old', 'prd_sacco', 'pla_growth', 'ended', 12000, 'KES',
			'2024-02-01', '2024-02-01', '2024-02-01', '2024-03-01', '2025-02-01'),
		('biz_mavuno', 'sub_now', 'prd_sacco', 'pla_growth', 'active', 14000, 'KES',
			'2025-02-01', '2025-02-01', '2025-02-01', '2025-03-01', null),
		('biz_pwani', 'sub_pwani', 'prd_sacco', 'pla_growth', 'active', 14000, 'KES',
			'2025-06-01', '2025-06-01', '2025-06-01', '2025-07-01', null);
	insert into billing.subscription_prices (business_id, subscription_id, meter, label, included, unit_minor) values
		('biz_mavuno', 'sub_old', 'sms', 'SMS', 100, 80),
		('biz_mavuno', 'sub_now', 'sms', 'SMS', 100, 90),
		('biz_pwani', 'sub_pwani', 'sms', 'SMS', 100, 90);
`;

const rows = async (query: string): Promise<unknown[]> => (await owner.query(query)).rows;

describe('plans that were sold before there were versions', () => {
	it('have a version for each way in which they were sold, the one of today last', async () => {
		expect(
			await rows(`select plan_id, version, on_offer_from is not null as offered, currency, seats,
					trial_days, "interval", in_advance
				from catalogue.plan_versions order by plan_id, version`)
		).toEqual([
			...[1, 2, 3].map((version) => ({
				plan_id: 'pla_growth',
				version,
				offered: true,
				currency: 'KES',
				seats: 20,
				trial_days: 30,
				interval: 'month',
				in_advance: true
			})),
			...['pla_idle', 'pla_solo'].map((plan_id) => ({
				plan_id,
				version: 1,
				offered: true,
				currency: plan_id === 'pla_solo' ? 'UGX' : 'KES',
				seats: null,
				trial_days: null,
				interval: 'month',
				in_advance: true
			}))
		]);
	});

	it('are on offer one after the other', async () => {
		expect(
			await rows(`select bool_and(on_offer_from >= before) as rising from (
				select on_offer_from, lag(on_offer_from) over (partition by plan_id order by version) as before
				from catalogue.plan_versions) each where before is not null`)
		).toEqual([{ rising: true }]);
	});

	it('ask in major units what they asked in minor ones, each price by a slug of its own', async () => {
		const asked =
			await rows(`select plan_id, version, slug, kind, meter, price, tax_class, tax_included
			from catalogue.plan_prices order by plan_id, version, position`);
		const taxed = { tax_class: 'standard', tax_included: false };
		const flat = (plan_id: string, version: number, amount: string) => ({
			plan_id,
			version,
			slug: 'base',
			kind: 'flat',
			meter: null,
			price: { model: 'flat', amount },
			...taxed
		});
		const sms = (version: number, unit_amount: string) => ({
			plan_id: 'pla_growth',
			version,
			slug: 'sms',
			kind: 'usage',
			meter: 'sms',
			price: { model: 'per_unit', unit_amount, included: '100' },
			...taxed
		});
		const odd = (slug: string, meter: string, unit_amount: string) => ({
			plan_id: 'pla_solo',
			version: 1,
			slug,
			kind: 'usage',
			meter,
			price: { model: 'per_unit', unit_amount },
			...taxed
		});
		expect(asked).toHaveLength(9);
		expect(asked).toEqual(
			expect.arrayContaining([
				flat('pla_growth', 1, '120'),
				sms(1, '0.8'),
				flat('pla_growth', 2, '140'),
				sms(2, '0.9'),
				flat('pla_growth', 3, '150'),
				sms(3, '0.905'),
				flat('pla_idle', 1, '999.99')
			])
		);
		const solo = asked.slice(-2);
		expect(solo).toContainEqual(
			expect.objectContaining({
				...odd('', 'Base', '3'),
				slug: expect.stringMatching(/^usage-\d$/) as string
			})
		);
		expect(solo).toContainEqual(
			expect.objectContaining({
				...odd('', 'base', '4'),
				slug: expect.stringMatching(/^usage-\d$/) as string
			})
		);
	});

	it('change for nobody: each subscription is pinned to what it began with', async () => {
		expect(
			await rows(`select s.id, s.plan_version, p.price ->> 'amount' as amount
				from billing.subscriptions s
				join catalogue.plan_prices p on p.plan_id = s.plan_id and p.version = s.plan_version
					and p.kind = 'flat'
				order by s.id`)
		).toEqual([
			{ id: 'sub_now', plan_version: 2, amount: '140' },
			{ id: 'sub_old', plan_version: 1, amount: '120' },
			{ id: 'sub_pwani', plan_version: 2, amount: '140' }
		]);
	});

	it('never change again', async () => {
		await expect(
			owner.query("update catalogue.plan_versions set seats = 1 where plan_id = 'pla_growth'")
		).rejects.toThrow('never changes');
	});
});
