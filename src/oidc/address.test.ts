import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveProduct, setClientSecret } from '#server/modules/catalogue/index.ts';
import { systemClock } from '#server/platform/clock.ts';
import { withSystem } from '#server/platform/doors.ts';
import { setRuntime } from '#server/platform/runtime.ts';
import { startTestRuntime, type TestRuntime } from '../../tests/setup/runtime.ts';
import { createProvider } from './provider.ts';

let runtime: TestRuntime;
const server = createServer();
let here: string;
let clientId: string;

beforeAll(async () => {
	runtime = await startTestRuntime();
	// As behind a proxy that ends TLS: the portal is reached by another name and protocol than it listens at.
	setRuntime({ ...runtime, publicUrl: 'https://portal.example', clock: systemClock });
	const provider = await createProvider();
	server.on('request', (request, response) => void provider.callback(request, response));
	await once(server.listen(0, '127.0.0.1'), 'listening');
	here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	clientId = await withSystem('test', async (scope) => {
		const { id } = await saveProduct(scope, {
			slug: 'erp',
			name: 'ERP System',
			summary: '',
			mark: 'erp',
			position: 1,
			redirectUrls: ['https://erp.example/callback']
		});
		await setClientSecret(scope, { product: 'erp', secret: 'a secret of thirty-two characters' });
		return id;
	});
});
afterAll(async () => {
	server.close();
	server.closeAllConnections();
	await runtime.stop();
});

it('every address it tells is the portal’s public one', async () => {
	const metadata = (await (
		await fetch(`${here}/oidc/.well-known/openid-configuration`)
	).json()) as Record<string, unknown>;
	expect(metadata['issuer']).toBe('https://portal.example/oidc');
	for (const [name, value] of Object.entries(metadata)) {
		if (/_endpoint$|_uri$/.test(name))
			expect(value, name).toMatch(/^https:\/\/portal\.example\/oidc\//);
	}
});

it('on https its cookies go over https alone, and no further than the request they belong to', async () => {
	const query = new URLSearchParams({
		client_id: clientId,
		redirect_uri: 'https://erp.example/callback',
		response_type: 'code',
		scope: 'openid',
		code_challenge: 'x'.repeat(43),
		code_challenge_method: 'S256'
	});
	const response = await fetch(`${here}/oidc/auth?${query}`, { redirect: 'manual' });
	expect(response.status).toBe(303);
	const path = response.headers.get('location');
	expect(path).toMatch(/^\/oidc\/interaction\/[\w-]+$/);
	const cookies = response.headers.getSetCookie();
	expect(cookies.length).toBeGreaterThan(0);
	for (const cookie of cookies) {
		expect(cookie).toMatch(/; secure/i);
		expect(cookie).toMatch(/; httponly/i);
		expect(cookie).toMatch(/; samesite=lax/i);
		expect(cookie).toMatch(/; path=\/oidc\/(interaction|auth)\//);
	}
});

it.each(['/oidc', '/oidc/', '/oidc/nothing', '/oidc/interaction/unknown'])(
	'%s is no way in',
	async (path) => {
		const response = await fetch(here + path, { redirect: 'manual' });
		expect([400, 404]).toContain(response.status);
	}
);
