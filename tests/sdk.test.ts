import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApiHandler } from '#api/app.ts';
import { createEvolve, verifyWebhook, type Evolve, type WebhookMessage } from '#sdk';
import { changeSubscriptionStatus, startSubscription } from '#server/modules/billing/index.ts';
import { createApiKey, listProductRoles, setWebhook } from '#server/modules/catalogue/index.ts';
import { askExport, grantAccess, listExports } from '#server/modules/launch/index.ts';
import { deliverDue } from '#server/modules/webhooks/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { allowPrivateNetworks, loopback } from '#server/platform/outbound.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from './setup/businesses.ts';
import { createProducts } from './setup/products.ts';
import { startTestRuntime, type TestRuntime } from './setup/runtime.ts';

// The SDK and the portal, each as it is, with the network between them: what one says the other understands.

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: Member;
let otieno: Member;
let pwani: Member;
let portal: Server;
let product: Server;
let evolve: Evolve;
let received: WebhookMessage[];
const problems: string[] = [];

async function listen(server: Server): Promise<string> {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
	runtime = await startTestRuntime(new Date());
	({ mavuno, pwani } = await createTwoBusinesses());
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	await createProducts();
	jobs = await startJobs({ pollingSeconds: 0.5 });
	allowPrivateNetworks(loopback);
	let secret = '';
	product = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk: Buffer) => (body += chunk.toString()));
		request.on('end', () => {
			// As it comes, with the clock of the machine: what does not verify is a failure of this test.
			received.push(verifyWebhook(secret, request.headers, body));
			response.writeHead(204).end();
		});
	});
	const hooks = await listen(product);
	const handle = createApiHandler();
	portal = createServer((request, response) => void handle(request, response));
	const url = await listen(portal);
	evolve = await withSystem('test', async (scope) => {
		const { token: key } = await createApiKey(scope, { product: 'erp' });
		({ secret } = (await setWebhook(scope, { product: 'erp', url: hooks })) as { secret: string });
		await startSubscription(scope, {
			businessId: mavuno.businessId,
			product: 'erp',
			plan: 'business',
			startedOn: '2026-11-01'
		});
		return createEvolve({
			url,
			key,
			source: '/erp',
			onProblem: (words) => problems.push(words)
		});
	});
	received = [];
});
afterAll(async () => {
	allowPrivateNetworks([]);
	for (const server of [product, portal]) {
		server.closeAllConnections();
		server.close();
	}
	await jobs.stop();
	await runtime.stop();
});

const settle = async (): Promise<void> => {
	await jobs.settle();
	await deliverDue();
};

it('a product declares itself, hears what happens, asks how things stand and answers', async () => {
	evolve.declare({
		roles: [
			{ slug: 'clerk', name: 'Store clerk', default: true },
			{ slug: 'manager', name: 'Manager' }
		],
		places: [{ path: '/stock', label: 'Stock' }],
		exports: [{ slug: 'everything', name: 'Everything' }]
	});
	expect(await evolve.flush()).toBe(true);
	const roles = await withSystem('test', (scope) => listProductRoles(scope, { product: 'erp' }));
	expect(roles.map(({ slug, isDefault }) => [slug, isDefault])).toEqual([
		['clerk', true],
		['manager', false]
	]);

	const { businessId } = mavuno;
	expect(await evolve.entitlements(businessId)).toMatchObject({
		business: { id: businessId, name: 'Mavuno Traders Ltd' },
		subscription: { status: 'active', plan: 'business', seats: 20, trial_ends_on: null },
		mode: 'full',
		closes_at: null,
		settings: { landing: { to: 'last', always: false }, contact: null },
		people: []
	});
	expect(await evolve.entitlements(pwani.businessId)).toBeNull();

	await withBusiness(mavuno, (scope) =>
		grantAccess(scope, { personId: otieno.personId, product: 'erp', role: 'manager' })
	);
	await settle();
	const granted = received.find(({ type }) => type === 'access.changed');
	expect(granted?.data).toMatchObject({
		business: { id: businessId },
		person: { id: otieno.personId, email: 'otieno@mavuno.example' },
		role: 'manager'
	});
	evolve.forget(businessId);
	expect((await evolve.entitlements(businessId))?.people).toEqual([
		{
			id: otieno.personId,
			name: 'Otieno Ouma',
			email: 'otieno@mavuno.example',
			role: 'manager'
		}
	]);

	const { id } = await withBusiness(mavuno, (scope) =>
		askExport(scope, { product: 'erp', kind: 'everything' })
	);
	await settle();
	const asked = received.find((message) => message.type === 'export.asked');
	expect(asked?.data.export).toMatchObject({
		id,
		kind: 'everything',
		asked_by: { name: 'Wanjiku Kamau' }
	});
	evolve.reportExport(id, {
		status: 'ready',
		path: '/exports/1.zip',
		bytes: 4096,
		expiresAt: new Date(runtime.clock.now().getTime() + 86_400_000)
	});
	// Somebody else's, or nobody's, is refused and holds up nothing.
	evolve.reportExport('exp_nothing', { status: 'failed' });
	expect(await evolve.flush()).toBe(true);
	const [ready] = await withBusiness(mavuno, (scope) => listExports(scope, { product: 'erp' }));
	expect(ready).toMatchObject({ id, status: 'ready', path: '/exports/1.zip', bytes: 4096n });
	expect(evolve.counts.exports).toMatchObject({ sent: 1, refused: 1 });

	await withSystem('test', (scope) =>
		changeSubscriptionStatus(scope, {
			businessId,
			product: 'erp',
			status: 'suspended',
			on: '2026-11-25'
		})
	);
	await settle();
	const suspended = received.filter(({ type }) => type === 'subscription.changed').at(-1);
	expect(suspended?.data).toMatchObject({
		subscription: { status: 'suspended', mode: 'read_only' }
	});
	evolve.forget(businessId);
	expect(await evolve.entitlements(businessId)).toMatchObject({
		subscription: { status: 'suspended' },
		mode: 'read_only'
	});
	expect(problems).toEqual([expect.stringContaining('404')]);
	await evolve.close();
});
