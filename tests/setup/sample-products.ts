import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApiHandler } from '#api/app.ts';
import { keepApiKey, saveProduct, setWebhook } from '#server/modules/catalogue/index.ts';
import { grantAccess, launch } from '#server/modules/launch/index.ts';
import '#server/modules/webhooks/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { allowPrivateNetworks, loopback } from '#server/platform/outbound.ts';
import type { Member } from '#server/platform/scope.ts';
import { createBrowser, type Browser } from '../../src/oidc/testing/browser.ts';
import {
	createCustomer,
	registerProduct,
	signInTo,
	startTestPortal
} from '../../src/oidc/testing/portal.ts';

export const productNames = { erp: 'ERP System', sacco: 'SACCO', payroll: 'Payroll' };
export type Slug = keyof typeof productNames;
/** The roles that may do everything. */
export const highest: Record<Slug, string> = {
	erp: 'manager',
	sacco: 'manager',
	payroll: 'administrator'
};

export interface RunningProduct {
	id: string;
	origin: string;
	child: ChildProcess;
	webhookSecret: string;
}

/** A portal and the three products in processes of their own, for two businesses. */
export async function startProducts(slugs: Slug[] = ['erp', 'sacco', 'payroll']) {
	allowPrivateNetworks(loopback);
	const api = createApiHandler();
	const portal = await startTestPortal((request, response) => void api(request, response));
	const folder = mkdtempSync(join(tmpdir(), 'products-'));
	const registered = await Promise.all(
		slugs.map(async (slug) => {
			const port = await freePort();
			const origin = `http://localhost:${port}`;
			const name = productNames[slug];
			const { id, secret } = await registerProduct(slug, name, origin, '/back-channel-logout');
			const apiKey = `evk_${randomBytes(32).toString('base64url')}`;
			const webhookSecret = `whsec_${randomBytes(32).toString('base64')}`;
			await withSystem('test', async (scope) => {
				await saveProduct(scope, {
					slug,
					postLogoutUrls: [`${origin}/signed-out`],
					frontchannelLogoutUrl: `${origin}/front-channel-logout`
				});
				await keepApiKey(scope, { product: slug, token: apiKey });
				await setWebhook(scope, {
					product: slug,
					url: `${origin}/webhooks`,
					secret: webhookSecret
				});
			});
			return { slug, port, origin, id, secret, apiKey, webhookSecret };
		})
	);
	const mavuno = await createCustomer(
		'Mavuno Traders Ltd',
		{ name: 'Wanjiku Kamau', email: 'wanjiku@mavuno.example' },
		slugs.map((slug) => ({ slug }))
	);
	const pwani = await createCustomer(
		'Pwani Farmers Co-operative',
		{ name: 'Amina Salim', email: 'amina@pwani.example' },
		slugs.includes('sacco') ? [{ slug: 'sacco' }] : []
	);
	if (slugs.includes('payroll'))
		await withSystem('test', (scope) =>
			grantAccess(scope, { ...mavuno, product: 'payroll', role: highest.payroll })
		);
	const products = new Map<Slug, RunningProduct>();
	await Promise.all(
		registered.map(async ({ slug, port, origin, id, secret, apiKey, webhookSecret }) => {
			const main = fileURLToPath(new URL('../../examples/products/main.ts', import.meta.url));
			const child = spawn(process.execPath, [main, slug], {
				stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
				env: {
					PORT: String(port),
					PORTAL_URL: portal.origin,
					CLIENT_ID: id,
					CLIENT_SECRET: secret,
					API_KEY: apiKey,
					WEBHOOK_SECRET: webhookSecret,
					STATE_DIR: folder,
					CUSTOMERS: JSON.stringify([
						{ id: mavuno.businessId, name: 'Mavuno Traders Ltd', count: 156, people: [] }
					])
				}
			});
			products.set(slug, { id, origin, child, webhookSecret });
			if (child.stdout) await once(child.stdout, 'data');
		})
	);

	const product = (slug: Slug): RunningProduct => {
		const found = products.get(slug);
		if (!found) throw new Error(`${slug} does not run.`);
		return found;
	};
	const everywhere = (): string[] => [
		portal.origin,
		...[...products.values()].map(({ origin }) => origin)
	];

	return {
		portal,
		products,
		mavuno,
		pwani,
		product,
		everywhere,
		/** As the button on a card does. */
		async open(browser: Browser, member: Member, slug: Slug): Promise<Response> {
			const { url } = await withBusiness(member, (scope) => launch(scope, { slug }));
			return browser.follow(url, everywhere());
		},
		async signedIn(member: Member, email: string) {
			const browser = createBrowser();
			return { browser, ...(await signInTo(browser, portal.origin, email, member.businessId)) };
		},
		page: async (browser: Browser, slug: Slug, path: string): Promise<string> =>
			(await browser.ask(product(slug).origin + path)).text(),
		/** Sends the form of an action, with what its page has put into it, and what is given. */
		async submit(
			browser: Browser,
			slug: Slug,
			path: string,
			action: string,
			fields: Record<string, string>
		): Promise<Response> {
			const { origin } = product(slug);
			const page = await (await browser.ask(origin + path)).text();
			const [form = ''] = new RegExp(`<form[^>]*id="${action}"[\\s\\S]*?</form>`).exec(page) ?? [];
			const held = (name: string): string =>
				new RegExp(`name="${name}" value="([^"]+)"`).exec(form)?.[1] ?? '';
			const body = { business: held('business'), ticket: held('ticket'), action, ...fields };
			return browser.follow(origin + path, everywhere(), {
				method: 'POST',
				headers: { origin },
				body: new URLSearchParams(body)
			});
		},
		/** What products have told that path of the API. */
		told: (path: string) => portal.reports.filter((report) => report.path === path),
		async stop() {
			await Promise.all(
				[...products.values()].map(async ({ child }) => {
					child.disconnect();
					await once(child, 'exit');
				})
			);
			await portal.stop();
			allowPrivateNetworks([]);
			rmSync(folder, { recursive: true });
		}
	};
}

export type Running = Awaited<ReturnType<typeof startProducts>>;

async function freePort(): Promise<number> {
	const server = createServer().listen(0);
	await once(server, 'listening');
	const address = server.address();
	server.close();
	return typeof address === 'object' && address ? address.port : 0;
}
