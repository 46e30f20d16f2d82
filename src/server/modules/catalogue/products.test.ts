import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Forbidden, Invalid, NotFound } from '#server/platform/errors.ts';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import { runtime, setRuntime } from '#server/platform/runtime.ts';
import type { Scope, Staff } from '#server/platform/scope.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { createPerson } from '../identity/index.ts';
import {
	createApiKey,
	declareProduct,
	listApiKeys,
	listClients,
	listPlans,
	listProductRoles,
	listProducts,
	readProduct,
	readProductSetup,
	readWebhookTarget,
	renewClientSecret,
	revokeApiKey,
	savePlan,
	saveProduct,
	setClientSecret,
	setWebhook
} from './index.ts';

let test: TestRuntime;
let businesses: TwoBusinesses;
let staff: Staff;
beforeAll(async () => {
	test = await startTestRuntime();
	businesses = await createTwoBusinesses();
	await createProducts();
	const name = 'Joy Nyambura';
	const { id: personId } = await withSystem('test', (scope) =>
		createPerson(scope, { email: 'joy@lixnet.example', name, password: null, staff: true })
	);
	staff = { kind: 'staff', personId, name };
});
afterAll(() => test.stop());

const save = (input: Parameters<typeof saveProduct>[1]) =>
	withSystem('test', (scope) => saveProduct(scope, input));
const setup = (slug: string) => withSystem('test', (scope) => readProductSetup(scope, { slug }));

describe('a product', () => {
	it('is the vendor’s own, by data alone, and comes last', async () => {
		await save({ slug: 'crm', name: 'CRM' });
		const seen = await withBusiness(businesses.pwani, (scope) => listProducts(scope, {}));
		expect(seen.map(({ slug }) => slug)).toEqual(['erp', 'sacco', 'payroll', 'crm']);
		expect(seen.at(-1)).toMatchObject({
			name: 'CRM',
			summary: '',
			mark: 'initials',
			suspendedMode: 'read_only',
			closingNoticeDays: 7,
			supportEmail: null,
			resources: []
		});
	});

	it('is looked at anew by the open pages of every business when it or what belongs to it changes', async () => {
		const { live } = runtime();
		const members = [businesses.mavuno, businesses.pwani];
		const told = new Set(members.map(({ businessId }) => `launch ${businessId}`));
		const heard = new Set<string>();
		const stops = members.map(({ businessId }) =>
			live.hear(businessId, (topic) => heard.add(`${topic} ${businessId}`))
		);
		const changes: ((scope: Scope) => Promise<unknown>)[] = [
			(scope) => saveProduct(scope, { slug: 'sacco', summary: 'Members, loans and savings' }),
			(scope) =>
				declareProduct(scope, { product: 'sacco', places: [{ path: '/', label: 'Start' }] }),
			(scope) =>
				savePlan(scope, {
					product: 'sacco',
					slug: 'told',
					name: 'Told',
					amountMinor: 100n,
					currency: 'KES'
				})
		];
		for (const change of changes) {
			heard.clear();
			await withSystem('test', change);
			await expect.poll(() => heard).toEqual(told);
		}
		for (const stop of stops) stop();
	});

	it('has plans and roles like any other', async () => {
		await withSystem('test', async (scope) => {
			const plan = { product: 'crm', currency: 'KES' };
			await savePlan(scope, {
				...plan,
				slug: 'team',
				name: 'Team',
				amountMinor: 450_000n,
				seats: 5
			});
			await savePlan(scope, { ...plan, slug: 'all', name: 'Everybody', amountMinor: 900_000n });
			await declareProduct(scope, {
				product: 'crm',
				roles: [{ slug: 'seller', name: 'Seller', default: true }]
			});
			// What is left out of a plan stays as it is, its place too.
			await savePlan(scope, { ...plan, slug: 'team', name: 'Team', amountMinor: 500_000n });
		});
		await withBusiness(businesses.mavuno, async (scope) => {
			const { id } = await readProduct(scope, { slug: 'crm' });
			const plans = (await listPlans(scope, {})).filter(({ productId }) => productId === id);
			expect(plans).toMatchObject([
				{ slug: 'team', amountMinor: 500_000n, seats: 5, trialDays: null },
				{ slug: 'all', amountMinor: 900_000n, seats: null }
			]);
			expect(await listProductRoles(scope, { product: 'crm' })).toMatchObject([
				{ productId: id, slug: 'seller', isDefault: true }
			]);
		});
	});

	it('needs a name when it is new', async () => {
		await expect(save({ slug: 'nameless', supportEmail: 'help@lixnet.example' })).rejects.toThrow(
			new Invalid([{ path: 'name', message: 'Write the name of the product.' }])
		);
	});

	it('is not changed by who wants to add a new one', async () => {
		await expect(save({ slug: 'crm', name: 'Another', mustBeNew: true })).rejects.toMatchObject({
			issues: [{ path: 'slug' }]
		});
		expect((await setup('crm')).name).toBe('CRM');
	});

	it('keeps what is left out, and loses what is set to nothing', async () => {
		const given = {
			loginUrl: 'https://crm.example/login',
			redirectUrls: ['https://crm.example/callback'],
			postLogoutUrls: ['https://crm.example/goodbye'],
			logoutUrl: 'https://crm.example/logout',
			frontchannelLogoutUrl: 'https://crm.example/frame',
			suspendedMode: 'closed' as const,
			usageSuspension: 'export_only' as const,
			closingNoticeDays: 14,
			supportEmail: 'crm@lixnet.example',
			supportPhone: '+254 700 000 000',
			resources: [{ label: 'Guide', url: 'https://crm.example/guide' }]
		};
		await save({ slug: 'crm', ...given });
		await save({ slug: 'crm', name: 'Customer relations', mark: 'initials' });
		expect(await setup('crm')).toMatchObject({ name: 'Customer relations', ...given });
		await save({ slug: 'crm', supportPhone: null, resources: [] });
		expect(await setup('crm')).toMatchObject({
			...given,
			supportPhone: null,
			resources: []
		});
	});

	it.each([
		['https://crm.example/callback#top', 'redirectUrls.0'],
		['https://*.crm.example/callback', 'redirectUrls.0'],
		['https://crm.example/*', 'redirectUrls.0'],
		['https://me:secret@crm.example/callback', 'redirectUrls.0'],
		['javascript:alert(1)', 'redirectUrls.0'],
		['ftp://crm.example/callback', 'redirectUrls.0'],
		['//crm.example/callback', 'redirectUrls.0'],
		['/callback', 'redirectUrls.0'],
		['https://crm.example\\@evil.example/', 'redirectUrls.0']
	])('cannot have %s as a redirect address', async (url, path) => {
		const refused = save({ slug: 'crm', redirectUrls: [url] });
		await expect(refused).rejects.toBeInstanceOf(Invalid);
		await expect(refused).rejects.toMatchObject({ issues: [{ path }] });
		expect((await setup('crm')).redirectUrls).toEqual(['https://crm.example/callback']);
	});

	it('has plain http in production on this machine alone, and at the portal’s own name', async () => {
		setRuntime({ ...runtime(), development: false, publicUrl: 'https://portal.example' });
		try {
			for (const url of [
				'http://localhost:4101/callback',
				'http://127.0.0.1:4101/callback',
				'http://portal.example:4101/callback'
			]) {
				await save({ slug: 'plain', name: 'Plain', redirectUrls: [url] });
				expect((await setup('plain')).redirectUrls).toEqual([url]);
			}
			for (const url of [
				'http://crm.example/callback',
				'http://localhost.evil.example/callback',
				'http://127.0.0.1.evil.example/callback'
			])
				await expect(save({ slug: 'plain', redirectUrls: [url] }), url).rejects.toThrow('https://');
		} finally {
			setRuntime(test);
		}
	});

	it('signs out in a frame only where it also signs in', async () => {
		await expect(
			save({ slug: 'crm', frontchannelLogoutUrl: 'https://other.example/frame' })
		).rejects.toMatchObject({ issues: [{ path: 'frontchannelLogoutUrl' }] });
	});
});

describe('what a member’s door shows', () => {
	it('has neither secrets nor addresses nor keys in it', async () => {
		const { mavuno } = businesses;
		await withBusiness(mavuno, async (scope) => {
			const product = await readProduct(scope, { slug: 'crm' });
			expect(Object.keys(product)).not.toContain('redirectUrls');
		});
		for (const column of [
			'client_secret_sealed',
			'webhook_secret_sealed',
			'webhook_url',
			'redirect_urls',
			'post_logout_urls',
			'logout_url',
			'frontchannel_logout_url'
		] as const)
			await expect(
				withBusiness(mavuno, ({ db }) =>
					db.selectFrom('catalogue.products').select(column).execute()
				),
				column
			).rejects.toThrow('permission denied');
		await expect(
			withBusiness(mavuno, ({ db }) => db.selectFrom('catalogue.api_keys').select('id').execute())
		).rejects.toThrow('permission denied');
	});

	it('is changed by none of its use cases', async () => {
		const tries: ((scope: Scope) => Promise<unknown>)[] = [
			(scope) => saveProduct(scope, { slug: 'crm', name: 'Mine' }),
			(scope) => setClientSecret(scope, { product: 'crm', secret: 'x'.repeat(32) }),
			(scope) => renewClientSecret(scope, { product: 'crm' }),
			(scope) => setWebhook(scope, { product: 'crm', url: 'https://evil.example/' }),
			(scope) => readProductSetup(scope, { slug: 'crm' }),
			(scope) => createApiKey(scope, { product: 'crm' }),
			(scope) => listApiKeys(scope, { product: 'crm' })
		];
		for (const tried of tries)
			await expect(withBusiness(businesses.mavuno, tried)).rejects.toBeInstanceOf(Forbidden);
		await expect(
			withBusiness(businesses.mavuno, ({ db }) =>
				db.updateTable('catalogue.products').set({ name: 'Mine' }).execute()
			)
		).rejects.toThrow('permission denied');
	});
});

it('staff keep a product, its secret and its keys', async () => {
	const door = <R>(work: Parameters<typeof withStaff<R>>[2]) => withStaff(staff, 'a test', work);
	await door((scope) => saveProduct(scope, { slug: 'crm', name: 'CRM' }));
	const { secret } = await door((scope) => renewClientSecret(scope, { product: 'crm' }));
	const clients = await withSystem('test', (scope) => listClients(scope));
	expect(clients.find(({ slug }) => slug === 'crm')).toMatchObject({
		secret,
		redirectUrls: ['https://crm.example/callback'],
		postLogoutUrls: ['https://crm.example/goodbye'],
		frontchannelLogoutUrl: 'https://crm.example/frame'
	});
	expect((await door((scope) => readProductSetup(scope, { slug: 'crm' }))).signsIn).toBe(true);

	const first = await door((scope) => createApiKey(scope, { product: 'crm' }));
	const second = await door((scope) => createApiKey(scope, { product: 'crm' }));
	await door((scope) => revokeApiKey(scope, { id: second.id }));
	const keys = await door((scope) => listApiKeys(scope, { product: 'crm' }));
	expect(keys).toEqual([
		{ id: first.id, hint: first.token.slice(0, 8), createdAt: test.clock.now(), revokedAt: null },
		expect.objectContaining({ id: second.id, revokedAt: test.clock.now() })
	]);
});

it('a secret for a product that is not there is refused', async () => {
	await expect(
		withSystem('test', (scope) => renewClientSecret(scope, { product: 'nothing' }))
	).rejects.toBeInstanceOf(NotFound);
});

describe('a webhook', () => {
	const set = (input: Parameters<typeof setWebhook>[1]) =>
		withSystem('test', (scope) => setWebhook(scope, input));
	async function target() {
		const { id } = await setup('crm');
		return withSystem('test', (scope) => readWebhookTarget(scope, { productId: id }));
	}
	const url = 'https://crm.example/hooks';

	it('is none until it is set', async () => {
		expect(await target()).toBeNull();
	});

	it('gets a secret of the standard’s form, which is told once and kept with a new address', async () => {
		const { secret } = await set({ product: 'crm', url });
		expect(secret).toMatch(/^whsec_/);
		expect(Buffer.from(String(secret).slice(6), 'base64')).toHaveLength(32);
		expect(await target()).toEqual({ url, secrets: [secret] });
		const moved = `${url}/v2`;
		expect(await set({ product: 'crm', url: moved })).toEqual({ secret: null });
		expect(await target()).toEqual({ url: moved, secrets: [secret] });
	});

	it('gets another secret when asked, or the one that is given', async () => {
		const before = await target();
		const { secret } = await set({ product: 'crm', url, renew: true });
		expect(before?.secrets).not.toContain(secret);
		const given = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
		expect(await set({ product: 'crm', url, secret: given })).toEqual({ secret: null });
		expect(await target()).toMatchObject({ url, secrets: [given, secret] });
		// The same given again changes nothing.
		await set({ product: 'crm', url, secret: given });
		expect(await target()).toMatchObject({ url, secrets: [given, secret] });
	});

	it('signs with the former secret too, for a day after a change', async () => {
		const at = test.clock.now();
		const { secrets = [] } = (await target()) ?? {};
		expect(secrets).toHaveLength(2);
		test.clock.set(new Date(at.getTime() + 24 * 3_600_000 - 1));
		expect((await target())?.secrets).toEqual(secrets);
		test.clock.set(new Date(at.getTime() + 24 * 3_600_000));
		expect((await target())?.secrets).toEqual(secrets.slice(0, 1));
		test.clock.set(at);
	});

	it.each(['secret', 'whsec_', 'whsec_c2hvcnQ=', 'whsec_not base64 at all, though long enough'])(
		'does not take “%s” for a secret',
		async (secret) => {
			await expect(set({ product: 'crm', url, secret })).rejects.toMatchObject({
				issues: [{ path: 'secret' }]
			});
		}
	);

	it('is sealed at rest, and gone with its secret when it is taken away', async () => {
		const read = () =>
			withSystem('test', ({ db }) =>
				db
					.selectFrom('catalogue.products')
					.select('webhook_secret_sealed as sealed')
					.where('slug', '=', 'crm')
					.executeTakeFirstOrThrow()
			);
		expect((await read()).sealed?.toString('latin1')).not.toContain('whsec_');
		await set({ product: 'crm', url: null });
		expect(await target()).toBeNull();
		expect((await read()).sealed).toBeNull();
	});
});
