import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { evolve } from './setup/portal.ts';
import { sessionOf } from './setup/visitor.ts';

const portal = inject('portal');
const routes = fileURLToPath(new URL('../src/routes', import.meta.url));

/** Addresses of the pages and endpoints, from the files themselves: `/billing/invoices/[number]`. */
const addresses = readdirSync(routes, { recursive: true, withFileTypes: true })
	.filter(({ name }) => /^\+(page\.server|page|server)\.(ts|svelte)$/.test(name))
	.map(
		({ parentPath }) =>
			parentPath
				.slice(routes.length)
				.replaceAll('\\', '/')
				.replace(/\/\([^)]+\)/g, '') || '/'
	)
	.filter((address, index, all) => all.indexOf(address) === index)
	.sort();

let wanjiku: string;
let amina: string;
let agent: string;
let otieno: string;
let mavuno: string;

beforeAll(async () => {
	[wanjiku, amina, agent, otieno] = (await Promise.all(
		[
			'wanjiku@mavuno.example',
			'amina@pwani.example',
			'agent@lixnet.example',
			'otieno@mavuno.example'
		].map((email) => sessionOf(portal, email))
	)) as [string, string, string, string];
	mavuno = /(biz_\S+)\s+Mavuno/.exec(await evolve(portal.dataDir, 'business', 'list'))?.[1] ?? '';
});

const get = (path: string, cookie: string) =>
	fetch(portal.url + path, { headers: { cookie }, redirect: 'manual' });
const post = (path: string, cookie: string, fields: Record<string, string>) =>
	fetch(portal.url + path, {
		method: 'POST',
		redirect: 'manual',
		headers: { cookie, origin: portal.url, 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams(fields)
	});

/** Every link of these kinds on a page, gone further by a step. */
async function linksOf(
	path: string,
	cookie: string,
	kind: RegExp,
	further = ''
): Promise<string[]> {
	const html = await (await get(path, cookie)).text();
	return [
		...new Set(
			[...html.matchAll(/href="([^"#?]+)"/g)]
				.map((match) => match[1] ?? '')
				.filter((href) => kind.test(href))
				.map((href) => href + further)
		)
	];
}

/**
 * Routes whose address names a thing of a business, each with how to find the other business's. A new
 * route with a parameter must be added here, or say why it needs none: the test below insists.
 */
const things: Record<string, { of: () => Promise<string[]> } | { why: string }> = {
	'/billing/invoices/[number]': {
		of: () => linksOf('/billing', wanjiku, /^\/billing\/invoices\/[^/]+$/)
	},
	'/billing/invoices/[number]/pdf': {
		of: () => linksOf('/billing', wanjiku, /^\/billing\/invoices\/[^/]+$/, '/pdf')
	},
	'/billing/invoices/[number]/csv': {
		of: () => linksOf('/billing', wanjiku, /^\/billing\/invoices\/[^/]+$/, '/csv')
	},
	'/billing/invoices/[number]/withholding': {
		of: () => linksOf('/billing', wanjiku, /^\/billing\/invoices\/[^/]+$/, '/withholding')
	},
	'/billing/credit-notes/[number]': {
		why: 'nobody in the story was credited anything; read behind the same door as an invoice, and its test tries another business’s'
	},
	'/billing/credit-notes/[number]/pdf': { why: 'as above' },
	'/billing/payments/[number]': {
		of: () => linksOf('/billing/payments', wanjiku, /^\/billing\/payments\//)
	},
	'/billing/payments/[number]/pdf': {
		of: () => linksOf('/billing/payments', wanjiku, /^\/billing\/payments\//, '/pdf')
	},
	'/billing/invoices/[number]/lines/[position]': {
		of: () => linksOf('/billing', wanjiku, /^\/billing\/invoices\/[^/]+$/, '/lines/1')
	},
	'/billing/invoices/[number]/lines/[position]/events.csv': {
		of: () => linksOf('/billing', wanjiku, /^\/billing\/invoices\/[^/]+$/, '/lines/3/events.csv')
	},
	'/billing/usage/[product]/[meter]': {
		why: 'the catalogue is the same for everybody; what was counted is read behind the door'
	},
	'/billing/usage/[product]/[meter]/events.csv': { why: 'as above' },
	'/billing/subscriptions/[product]': {
		why: 'named by the product: whose subscription it is follows from who asks'
	},
	'/billing/subscriptions/[product]/change': { why: 'as above' },
	'/billing/subscriptions/[product]/pause': { why: 'as above' },
	'/billing/subscriptions/[product]/cancel': { why: 'as above' },
	'/support/[number]': { of: () => linksOf('/support', wanjiku, /^\/support\/TKT/i) },
	'/settings/team/[person]': {
		of: () => linksOf('/settings/team', wanjiku, /^\/settings\/team\/per_/)
	},
	'/products/[slug]': {
		why: 'the catalogue is the same for everybody; what stands on the page is read behind the door'
	},
	'/products/[slug]/settings': {
		why: 'as above; tried below with a product the other business lacks'
	},
	'/products/[slug]/analytics': { why: 'as above, and 404 for a product the business lacks' },
	'/products/[slug]/trial': { why: 'the catalogue alone; it leads away from what is had already' },
	'/launch/[slug]': { why: 'as above; tried below' },
	'/i/[token]': { why: 'the token is the key, signed, and opens one invoice' },
	'/i/[token]/pdf': { why: 'as above' },
	'/paper-mail/[token]': { why: 'the token is the key, signed, and belongs to one contact' },
	'/password/[token]': { why: 'the token is the key, and belongs to a person' },
	'/console/tickets/[number]': { why: 'staff alone; tried below' },
	'/console/products/[slug]': { why: 'staff alone; tried below' },
	'/console/products/[slug]/plans': { why: 'staff alone; tried below' },
	'/console/products/[slug]/plans/version': { why: 'staff alone; tried below' },
	'/console/products/[slug]/webhooks': { why: 'staff alone; tried below' },
	'/console/products/[slug]/webhooks/[message]': { why: 'staff alone; tried below' },
	'/console/dunning/[number]': { why: 'staff alone; tried below' },
	'/console/coupons/[code]': { why: 'staff alone; tried below' },
	'/console/customers/[business]': { why: 'staff alone; tried below' },
	'/console/customers/[business]/invoices': { why: 'staff alone; tried below' },
	'/console/customers/[business]/invoices/[number]': { why: 'staff alone; tried below' },
	'/console/customers/[business]/subscriptions/[id]': { why: 'staff alone; tried below' },
	'/console/customers/[business]/acts': { why: 'staff alone; tried below' },
	'/console/customers/[business]/statement': { why: 'staff alone; tried below' },
	'/outbox/[mail]/[place]': { why: 'under development alone, as the outbox is' }
};

describe('every route', () => {
	it('that names a thing is known here', () => {
		expect(addresses.length).toBeGreaterThan(15);
		const named = addresses.filter((address) => address.includes('['));
		expect(named.filter((address) => !(address in things))).toEqual([]);
	});

	it('answers 404 for the things of another business', async () => {
		for (const [route, thing] of Object.entries(things)) {
			if (!('of' in thing) || !addresses.includes(route)) continue;
			const paths = await thing.of();
			expect(paths.length, route).toBeGreaterThan(0);
			for (const path of paths.slice(0, 3)) {
				expect((await get(path, wanjiku)).status, `${path} for its own`).toBe(200);
				const answer = await get(path, amina);
				expect(answer.status, `${path} for the other`).toBe(404);
				expect(await answer.text()).not.toContain('Mavuno');
			}
		}
	});

	it('shows nobody a word of the other business', async () => {
		for (const path of addresses.filter(
			(address) =>
				!address.includes('[') &&
				!/^\/(login|logout|live|outbox|catalogue|console|preferences|businesses)/.test(address)
		)) {
			const answer = await get(path, amina);
			expect(answer.status, path).toBeLessThan(500);
			const html = await answer.text();
			for (const word of ['Mavuno', 'Wanjiku', 'Otieno', mavuno])
				expect(html, `${path} says ${word}`).not.toContain(word);
		}
	});

	it('asks for a session, or is meant for everybody', async () => {
		const open = /^\/(login|logout|password(\/.*)?|catalogue|outbox|preferences)$/;
		for (const address of addresses.filter((each) => !open.test(each))) {
			const path = address.replace(/\[[^\]]+\]/g, 'x');
			const answer = await get(path, '');
			expect([303, 302, 401, 403, 404, 405], `${path} answered ${answer.status}`).toContain(
				answer.status
			);
			// A key that was never made opens nothing, for everybody.
			if (/\[token\]/.test(address) && !address.startsWith('/password'))
				expect(answer.status, path).toBe(404);
			if (answer.status === 303) expect(answer.headers.get('location'), path).toMatch(/^\/login/);
		}
	});
});

describe('a member of one business', () => {
	it('cannot act on a ticket of the other, nor switch into it', async () => {
		const [ticket = ''] = await linksOf('/support', wanjiku, /^\/support\/TKT/i);
		expect(ticket).not.toBe('');
		for (const action of ['?/answer', '?/close']) {
			const answer = await post(`${ticket}${action}`, amina, { body: 'from the other side' });
			expect(answer.status, action).toBe(404);
		}
		expect((await post('/businesses/switch', amina, { business: mavuno })).status).toBe(404);
		expect(await (await get(ticket, wanjiku)).text()).not.toContain('from the other side');
	});

	it('cannot launch a product that only the other has', async () => {
		const answer = await post('/launch/payroll', amina, {});
		expect([403, 404]).toContain(answer.status);
	});

	it('may not see money, or move it, without the right to', async () => {
		for (const address of addresses.filter((each) => each.startsWith('/billing'))) {
			const path = address
				.replace('[product]', 'erp')
				.replace('[position]', '1')
				.replace(/\[[^\]]+\]/g, 'x');
			expect((await get(path, otieno)).status, path).toBe(403);
		}
		const acts: [string, Record<string, string>][] = [
			[
				'/billing/settings?/contact',
				{ name: 'Otieno', email: 'o@x.example', 'gets-invoices': 'on', language: 'en' }
			],
			['/billing/subscriptions/erp/change?/plan', { plan: 'starter', version: '1' }],
			['/billing/subscriptions/erp/cancel', { reason: 'Mine', version: '1' }],
			['/billing/subscriptions/erp/pause', { version: '1' }],
			['/billing/subscriptions/erp?/keep', { version: '1' }]
		];
		for (const [path, fields] of acts) {
			const answer = await post(path, otieno, fields);
			expect([403, 404, 405], `${path} answered ${answer.status}`).toContain(answer.status);
		}
	});

	it('sees no console, while staff see no portal of a customer', async () => {
		for (const path of addresses.filter((address) => address.startsWith('/console'))) {
			expect((await get(path.replace(/\[[^\]]+\]/g, 'x'), wanjiku)).status, path).toBe(404);
		}
		expect((await get('/console/customers', agent)).status).toBe(200);
		expect((await get('/billing', agent)).status).toBe(303);
	});

	it('hears nothing of the other on the live stream', async () => {
		const { events } = await listen('/live', amina, async () => {
			// Something of Mavuno's changes.
			await get('/', wanjiku);
			await post('/launch/erp', wanjiku, {});
			await new Promise((resolve) => setTimeout(resolve, 2_500));
		});
		const own = await listen('/live', wanjiku, async () => {
			await post('/launch/erp', wanjiku, {});
			await new Promise((resolve) => setTimeout(resolve, 2_500));
		});
		expect(own.events).toBeGreaterThan(0);
		// Pwani's own products may have said something meanwhile; the bodies carry no data at all.
		expect(own.text + String(events)).not.toContain(mavuno);
	});
});

async function listen(
	path: string,
	cookie: string,
	meanwhile: () => Promise<void>
): Promise<{ events: number; text: string }> {
	const stop = new AbortController();
	const answer = await fetch(portal.url + path, {
		headers: { cookie, accept: 'text/event-stream' },
		signal: stop.signal
	});
	let text = '';
	const reading = (async () => {
		for await (const chunk of answer.body ?? [])
			text += new TextDecoder().decode(chunk as Uint8Array);
	})().catch((error: unknown) => {
		if ((error as Error).name !== 'AbortError') throw error;
	});
	await meanwhile();
	stop.abort();
	await reading;
	return { events: text.split('event: changed').length - 1, text };
}

describe('a product’s key', () => {
	it('reports for the businesses that have the product, and for no other', async () => {
		const key =
			/evk_\S+/.exec(await evolve(portal.dataDir, 'key', 'create', '--product', 'payroll'))?.[0] ??
			'';
		const pwani =
			/(biz_\S+)\s+Pwani/.exec(await evolve(portal.dataDir, 'business', 'list'))?.[1] ?? '';
		const send = (path: string, type: string, body: unknown) =>
			fetch(`${portal.url}/api/v1${path}`, {
				method: 'POST',
				headers: { authorization: `Bearer ${key}`, 'content-type': type },
				body: JSON.stringify(body)
			});
		const event = (subject: string) => ({
			specversion: '1.0',
			id: `tenancy-${subject}`,
			source: '/tenancy',
			type: 'com.lixnet.payroll.user.active',
			subject,
			data: { user: 'somebody' }
		});
		expect((await send('/events', 'application/cloudevents+json', event(mavuno))).status).toBe(200);
		const refused = await send('/events', 'application/cloudevents+json', event(pwani));
		expect(refused.status).toBeGreaterThanOrEqual(400);
		expect(await refused.json()).toMatchObject({ code: 'unknown_business' });
	});
});
