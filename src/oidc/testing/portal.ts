import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPerson, sessionCookieName, signIn } from '#server/modules/identity/index.ts';
import { addMember, createBusiness } from '#server/modules/businesses/index.ts';
import { changeSubscriptionStatus, startSubscription } from '#server/modules/billing/index.ts';
import { savePlan, saveProduct, setClientSecret } from '#server/modules/catalogue/index.ts';
import { grantAccess } from '#server/modules/launch/index.ts';
import { systemClock } from '#server/platform/clock.ts';
import { withSystem } from '#server/platform/doors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import type { Member } from '#server/platform/scope.ts';
import { setRuntime } from '#server/platform/runtime.ts';
import { startTestRuntime } from '../../../tests/setup/runtime.ts';
import { sessionFrom } from '../../../tests/setup/sign-in.ts';
import { createProvider } from '../provider.ts';
import type { Browser } from './browser.ts';

export const password = 'a long enough password';

export interface TestProduct {
	id: string;
	slug: string;
	secret: string;
	origin: string;
	/** The logout tokens that the product was sent, oldest first. */
	logouts: string[];
	/** What it answers to them. */
	answer: number;
	close(): Promise<void>;
}

/**
 * A portal with the provider mounted, two businesses, and products whose servers take logout tokens. Of the
 * API it keeps what products report; the rest is answered by `api`, if there is one.
 */
export async function startTestPortal(api?: RequestListener) {
	const runtime = await startTestRuntime();
	const server = createServer();
	const origin = `http://localhost:${await listen(server)}`;
	// Tokens are judged by clients that know only the true time.
	setRuntime({ ...runtime, publicUrl: origin, clock: systemClock });
	const provider = await createProvider();
	const reports: { path: string; body: unknown }[] = [];
	server.on('request', (request, response) => {
		if (request.url?.startsWith('/oidc/')) return void provider.callback(request, response);
		if (request.url?.startsWith('/api/v1/')) {
			const path = request.url.slice('/api/v1/'.length);
			if (api && !/^(events|activity|places)$/.test(path)) return void api(request, response);
			return void bodyOf(request).then((body) => {
				reports.push({ path, body: JSON.parse(body) });
				response.end();
			});
		}
		response.setHeader('content-type', 'text/html');
		response.end(`a page of the portal: ${request.url}`);
	});
	const jobs: RunningJobs = await startJobs();
	const products: TestProduct[] = [];

	return {
		origin,
		jobs,
		/** For a second process on the same database. */
		connection: runtime.connection,
		products,
		/** What products have told the API, oldest first. */
		reports,
		async addProduct(slug: string, name: string): Promise<TestProduct> {
			const product = await serveProduct(slug, name);
			products.push(product);
			return product;
		},
		async stop() {
			await jobs.stop();
			await Promise.all(products.map((product) => product.close()));
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
			await runtime.stop();
		}
	};
}

function listen(server: ReturnType<typeof createServer>): Promise<number> {
	return new Promise((done) => {
		server.listen(0, 'localhost', () => done((server.address() as AddressInfo).port));
	});
}

async function serveProduct(slug: string, name: string): Promise<TestProduct> {
	const server = createServer((request, response) => {
		void bodyOf(request).then((body) => {
			if (request.method === 'POST')
				product.logouts.push(new URLSearchParams(body).get('logout_token') ?? '');
			response.statusCode = product.answer;
			response.end();
		});
	});
	const origin = `http://localhost:${await listen(server)}`;
	const { id, secret } = await registerProduct(slug, name, origin, '/logout');
	const product: TestProduct = {
		id,
		slug,
		secret,
		origin,
		logouts: [],
		answer: 200,
		async close() {
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
		}
	};
	return product;
}

/** Puts a product into the catalogue, with one plan and the addresses that it has at `origin`. */
export async function registerProduct(
	slug: string,
	name: string,
	origin: string,
	logoutPath: string
): Promise<{ id: string; secret: string }> {
	const secret = `the client secret of ${slug}, long enough for anybody`;
	return withSystem('test', async (scope) => {
		const { id } = await saveProduct(scope, {
			slug,
			name,
			summary: '',
			mark: 'initials',
			position: 1,
			loginUrl: `${origin}/login`,
			redirectUrls: [`${origin}/callback`],
			logoutUrl: `${origin}${logoutPath}`
		});
		await setClientSecret(scope, { product: slug, secret });
		await savePlan(scope, {
			product: slug,
			slug: 'standard',
			name: 'Standard',
			amountMinor: 100_000n,
			currency: 'KES',
			position: 1
		});
		return { id, secret };
	});
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	let body = '';
	for await (const chunk of request) body += chunk;
	return body;
}

/** A business that has the products, with one owner who may open all of them. */
export async function createCustomer(
	name: string,
	owner: { name: string; email: string },
	products: { slug: string }[]
): Promise<Member> {
	return withSystem('test', async (scope) => {
		const { id: businessId } = await createBusiness(scope, { name });
		const person = await createPerson(scope, { ...owner, password });
		await addMember(scope, { businessId, personId: person.id, role: 'owner' });
		for (const { slug } of products) {
			await startSubscription(scope, {
				businessId,
				product: slug,
				plan: 'standard',
				startedOn: '2026-01-01'
			});
			await grantAccess(scope, { businessId, personId: person.id, product: slug, role: 'manager' });
		}
		return {
			kind: 'member',
			businessId,
			personId: person.id,
			name: owner.name,
			role: 'owner',
			timeZone: 'Africa/Nairobi'
		};
	});
}

export async function endSubscription(businessId: string, product: string): Promise<void> {
	await withSystem('test', (scope) =>
		changeSubscriptionStatus(scope, { businessId, product, status: 'ended', on: '2026-06-01' })
	);
}

/** Signs the browser in to the portal, as its sign-in page does. */
export async function signInTo(
	browser: Browser,
	origin: string,
	email: string,
	businessId: string
): Promise<{ token: string; sessionId: string }> {
	const name = sessionCookieName(origin);
	const previousToken = browser.cookies.get(name)?.value;
	const started = await sessionFrom(
		signIn(
			{ email, password, address: '127.0.0.1', ...(previousToken ? { previousToken } : {}) },
			async () => businessId
		)
	);
	browser.cookies.set(name, { value: started.token, path: '/' });
	return started;
}
