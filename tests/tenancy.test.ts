import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listMembers } from '#server/modules/businesses/index.ts';
import { createPerson } from '#server/modules/identity/index.ts';
import { connectionAs, doorRoles, rolePassword } from '#server/platform/database.ts';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import type { Scope } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses, type TwoBusinesses } from './setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from './setup/runtime.ts';

let runtime: TestRuntime;
let businesses: TwoBusinesses;
let owner: pg.Client;

beforeAll(async () => {
	runtime = await startTestRuntime();
	businesses = await createTwoBusinesses();
	owner = new pg.Client(runtime.connection);
	await owner.connect();
});
afterAll(async () => {
	await owner.end();
	await runtime.stop();
});

/** Tables of ours that belong to no tenant, each with the reason why. */
const global = new Map([
	['audit.entries', 'what staff did, across businesses'],
	['billing.seller', 'the vendor itself'],
	['billing.series', 'numbers run through all businesses'],
	['businesses.businesses', 'the tenant itself: its policy is on id'],
	['catalogue.api_keys', 'a key belongs to a product'],
	['catalogue.coupon_plans', 'the same for everybody'],
	['catalogue.coupons', 'the same for everybody'],
	['catalogue.integrator_keys', 'the vendor’s own; no member may read it at all'],
	['catalogue.plan_prices', 'the same for everybody'],
	['catalogue.plan_versions', 'the same for everybody'],
	['catalogue.plans', 'the same for everybody'],
	['catalogue.products', 'the same for everybody'],
	['catalogue.product_exports', 'declared by the product, the same for everybody'],
	['catalogue.product_places', 'declared by the product, the same for everybody'],
	['catalogue.product_roles', 'declared by the product, the same for everybody'],
	['catalogue.product_states', 'a product stands the same for everybody'],
	['dunning.schedules', 'the vendor’s, the same for everybody'],
	['closing.settings', 'of the installation; no member may read it at all'],
	['fiscal.simulated', 'what the simulator remembers; no member may read it at all'],
	['fiscal.unit', 'the vendor’s; no member may read it at all'],
	['identity.password_links', 'belongs to a person; no member may read it at all'],
	['identity.pending_sign_ins', 'belongs to a person; no member may read it at all'],
	[
		'identity.persons',
		'a person may belong to several businesses: its policy asks the memberships'
	],
	['identity.recovery_codes', 'belongs to a person; no member may read it at all'],
	['identity.second_factor_offers', 'belongs to a session; no member may read it at all'],
	['identity.second_factors', 'belongs to a person; no member may read it at all'],
	['identity.sessions', 'read before a business is known; no member may read it at all'],
	[
		'launch.provider_payloads',
		'found by the hash of what its holder shows; no member may read it at all'
	],
	['launch.signing_keys', 'the installation’s; no member may read it at all'],
	['payments.bank_accounts', 'the vendor’s own'],
	['platform.kept_answers', 'of integrators; no member may read it at all'],
	['platform.limits', 'no data of a business'],
	['platform.mails', 'no member may read it at all'],
	['referrals.resellers', 'the same for everybody'],
	['support.series', 'numbers run through all businesses'],
	['usage.meter_versions', 'the same for everybody'],
	['usage.dropped_months', 'of the installation; no data of a business'],
	['usage.meters', 'the same for everybody'],
	['usage.recounts', 'of a meter, which is the same for everybody'],
	['usage.retention', 'of the installation; no data of a business']
]);

async function tables(): Promise<
	{ name: string; tenant: boolean; secured: boolean; policies: string[] }[]
> {
	const { rows } = await owner.query<{
		name: string;
		tenant: boolean;
		secured: boolean;
		policies: string[];
	}>(`
		select n.nspname || '.' || c.relname as name,
			exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'business_id' and a.attnotnull) as tenant,
			c.relrowsecurity as secured,
			array(select p.polname::text from pg_policy p where p.polrelid = c.oid order by 1) as policies
		from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'p') and not c.relispartition
			and n.nspname not in ('pg_catalog', 'information_schema', 'public', 'jobs') and n.nspname !~ '^pg_'
		order by 1`);
	return rows;
}

describe('the catalogue of the database', () => {
	it('has a policy on every table that carries a business, and none carries it without being a tenant table', async () => {
		const all = await tables();
		expect(all.length).toBeGreaterThan(8);
		for (const table of all.filter(({ name }) => !global.has(name))) {
			expect(table, table.name).toMatchObject({
				tenant: true,
				secured: true,
				policies: ['staff', 'system', 'tenant']
			});
		}
	});

	it('keys every tenant table by business first, and carries the business in foreign keys between them', async () => {
		const { rows: keys } = await owner.query<{ name: string; first: string }>(`
			select n.nspname || '.' || c.relname as name, a.attname as first
			from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
			join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
			where k.contype = 'p'`);
		const first = new Map(keys.map((key) => [key.name, key.first]));
		const tenants = new Set(
			(await tables()).filter(({ policies }) => policies.includes('tenant')).map(({ name }) => name)
		);
		tenants.delete('businesses.businesses');
		for (const name of tenants) expect(first.get(name), name).toBe('business_id');

		const { rows: references } = await owner.query<{
			from_table: string;
			to_table: string;
			columns: string[];
		}>(`
			select fn.nspname || '.' || f.relname as from_table, tn.nspname || '.' || t.relname as to_table,
				array(select a.attname::text from unnest(k.conkey) as col join pg_attribute a on a.attrelid = f.oid and a.attnum = col) as columns
			from pg_constraint k
			join pg_class f on f.oid = k.conrelid join pg_namespace fn on fn.oid = f.relnamespace
			join pg_class t on t.oid = k.confrelid join pg_namespace tn on tn.oid = t.relnamespace
			where k.contype = 'f' and fn.nspname <> 'jobs'`);
		for (const { from_table, to_table, columns } of references) {
			if (tenants.has(from_table) && tenants.has(to_table))
				expect(columns, `${from_table} → ${to_table}`).toContain('business_id');
		}
	});

	it('has no view that would run as its owner', async () => {
		const { rows } = await owner.query(`
			select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
			where c.relkind = 'v' and n.nspname not in ('pg_catalog', 'information_schema', 'jobs')
				and not coalesce(c.reloptions @> array['security_invoker=true'] or c.reloptions @> array['security_invoker=on'], false)`);
		expect(rows).toEqual([]);
	});

	it('gives the door roles neither ownership, nor superuser, nor a way around row-level security', async () => {
		const { rows } = await owner.query<{ rolname: string }>(
			`select rolname from pg_roles where rolname = any($1) and not (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolinherit)`,
			[doorRoles]
		);
		expect(rows.map(({ rolname }) => rolname).sort()).toEqual([...doorRoles].sort());
		const { rows: owned } = await owner.query(
			`select c.relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = any($1)`,
			[doorRoles]
		);
		expect(owned).toEqual([]);
	});

	it('lets a member read neither passwords, nor sessions, nor keys, nor client secrets', async () => {
		for (const table of [...global]
			.flatMap(([name, why]) => (why.includes('at all') ? [name] : []))
			.concat('catalogue.api_keys', 'jobs.job', 'usage.events')) {
			await expect(
				withBusiness(businesses.mavuno, ({ db }) =>
					sql`select count(*) from ${sql.table(table)}`.execute(db)
				)
			).rejects.toThrow(/permission denied/);
		}
		await expect(
			withBusiness(businesses.mavuno, ({ db }) =>
				db.selectFrom('identity.persons').select('password_hash').execute()
			)
		).rejects.toThrow(/permission denied/);
		await expect(
			withBusiness(businesses.mavuno, ({ db }) =>
				db.selectFrom('catalogue.products').select('client_secret_sealed').execute()
			)
		).rejects.toThrow(/permission denied/);
	});
});

describe('a business door', () => {
	it('shows the rows of its business alone', async () => {
		await createMember(
			businesses.mavuno.businessId,
			'Otieno Ouma',
			'otieno@mavuno.example',
			'member'
		);
		const seen = await withBusiness(businesses.mavuno, (scope) => listMembers(scope, {}));
		expect(seen.map(({ name }) => name)).toEqual(['Otieno Ouma', 'Wanjiku Kamau']);
		const raw = await withBusiness(businesses.pwani, ({ db }) =>
			db.selectFrom('businesses.memberships').select('business_id').execute()
		);
		expect(raw.map((row) => row.business_id)).toEqual([businesses.pwani.businessId]);
	});

	it('shows only the persons who belong to it', async () => {
		const names = await withBusiness(businesses.pwani, ({ db }) =>
			db.selectFrom('identity.persons').select('name').execute()
		);
		expect(names).toEqual([{ name: 'Amina Salim' }]);
	});

	it('refuses to write a row of another business', async () => {
		await expect(
			withBusiness(businesses.mavuno, ({ db, now }) =>
				db
					.insertInto('businesses.memberships')
					.values({
						business_id: businesses.pwani.businessId,
						person_id: businesses.mavuno.personId,
						role: 'owner',
						joined_at: now
					})
					.execute()
			)
		).rejects.toThrow(/row-level security/);
		const changed = await withBusiness(businesses.mavuno, ({ db }) =>
			db
				.updateTable('businesses.memberships')
				.set({ role: 'member' })
				.where('business_id', '=', businesses.pwani.businessId)
				.executeTakeFirst()
		);
		expect(changed.numUpdatedRows).toBe(0n);
	});

	it('refuses an id that is not of the form of one, before it comes near SQL', () => {
		expect(() =>
			withBusiness({ ...businesses.mavuno, businessId: "x'; drop table x; --" }, async () => 1)
		).toThrow(/form/);
	});

	it('undoes everything when its work fails', async () => {
		await expect(
			withBusiness(businesses.mavuno, async ({ db }) => {
				await db.updateTable('businesses.businesses').set({ name: 'Changed' }).execute();
				throw new Error('half way');
			})
		).rejects.toThrow('half way');
		const row = await withBusiness(businesses.mavuno, ({ db }) =>
			db.selectFrom('businesses.businesses').select('name').executeTakeFirst()
		);
		expect(row?.name).toBe('Mavuno Traders Ltd');
	});

	it('hands out a scope that opens nothing after it has closed', async () => {
		let kept: Scope | undefined;
		await withBusiness(businesses.mavuno, async (scope) => {
			kept = scope;
		});
		if (!kept) throw new Error('no scope was handed out');
		await expect(listMembers(kept, {})).rejects.toThrow(/door has closed/);
	});
});

describe('outside the doors', () => {
	it('raises instead of answering nothing when no business is set, also after a transaction that set one', async () => {
		const client = new pg.Client(
			connectionAs(runtime.connection, 'portal_app', rolePassword(runtime.secrets, 'portal_app'))
		);
		await client.connect();
		try {
			const read = () => client.query('select role from businesses.memberships');
			await expect(read()).rejects.toThrow(/no business is set/);
			await client.query(`begin; set local app.business_id = '${businesses.mavuno.businessId}'`);
			expect((await read()).rowCount).toBeGreaterThan(0);
			await client.query('commit');
			await expect(read()).rejects.toThrow(/no business is set/);
		} finally {
			await client.end();
		}
	});

	it('has no role to climb to', async () => {
		const client = new pg.Client(
			connectionAs(runtime.connection, 'portal_app', rolePassword(runtime.secrets, 'portal_app'))
		);
		await client.connect();
		try {
			for (const role of ['portal_system', 'portal_staff', runtime.connection.user]) {
				await expect(client.query(`set role ${role}`)).rejects.toThrow(/permission denied/);
			}
		} finally {
			await client.end();
		}
	});
});

describe('a staff door', () => {
	it('sees every business and leaves a line in the audit log, even when its work comes to nothing new', async () => {
		const agent = await withSystem('test', async (scope) => {
			return createPerson(scope, {
				email: 'agent@lixnet.example',
				name: 'Brian Kiptoo',
				password: null,
				staff: true
			});
		});
		const count = await withStaff(
			{ kind: 'staff', personId: agent.id, name: 'Brian Kiptoo' },
			'looking at who is there',
			async ({ db }) => {
				const rows = await db.selectFrom('businesses.businesses').select('id').execute();
				return rows.length;
			}
		);
		expect(count).toBe(2);
		const entries = await withSystem('test', ({ db }) =>
			db.selectFrom('audit.entries').select(['person_id', 'reason']).execute()
		);
		expect(entries).toEqual([{ person_id: agent.id, reason: 'looking at who is there' }]);
	});
});
