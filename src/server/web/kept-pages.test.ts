import type { RequestEvent } from '@sveltejs/kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestRuntime, type TestRuntime } from '../../../tests/setup/runtime.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../tests/setup/businesses.ts';
import { addMember } from '#server/modules/businesses/index.ts';
import { createPerson } from '#server/modules/identity/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { announce } from '#server/platform/live.ts';
import type { Member } from '#server/platform/scope.ts';
import { keepPage } from './kept-pages.ts';

let runtime: TestRuntime;
let businesses: TwoBusinesses;
let drawings = 0;

beforeAll(async () => {
	runtime = await startTestRuntime();
	// Each owner who joins is announced; an announcement that comes late would be a change to the first test.
	let heard = 0;
	const unhear = runtime.live.hear(null, () => (heard += 1));
	businesses = await createTwoBusinesses();
	await vi.waitFor(async () => {
		await withBusiness(businesses.pwani, (scope) =>
			announce(scope, businesses.pwani.businessId, 'events')
		);
		expect(heard).toBeGreaterThan(0);
	});
	await new Promise((resolve) => setTimeout(resolve, 100));
	unhear();
});
afterAll(() => runtime.stop());
let session = 0;
beforeEach(() => {
	drawings = 0;
	session += 1;
});

function visit(
	member: Member,
	options: {
		path?: string;
		headers?: Record<string, string>;
		method?: string;
		session?: string;
	} = {}
): RequestEvent {
	const url = new URL(options.path ?? '/', 'http://localhost:3000');
	return {
		url,
		request: new Request(url, {
			method: options.method ?? 'GET',
			headers: { 'accept-encoding': 'gzip, br', ...options.headers }
		}),
		cookies: { get: () => undefined },
		locals: {
			theme: null,
			viewer: () =>
				Promise.resolve({
					session: { sessionId: options.session ?? `ses ${session}`, personId: member.personId },
					memberships: [],
					current: {
						businessId: member.businessId,
						name: '',
						timeZone: 'Africa/Nairobi',
						currency: 'KES',
						role: member.role
					}
				})
		}
	} as unknown as RequestEvent;
}

const draw = (words = 'page'): Promise<Response> => {
	drawings += 1;
	return Promise.resolve(
		new Response(`<p>${words} ${drawings}</p>`, { headers: { 'content-type': 'text/html' } })
	);
};

async function read(response: Response): Promise<string> {
	const packed = new Response(response.body?.pipeThrough(new DecompressionStream('gzip')));
	return packed.text();
}
const look = async (event: RequestEvent, words?: string) =>
	read(await keepPage(event, () => draw(words)));
const rename = (member: Member) =>
	withBusiness(member, async ({ db }) => {
		await db
			.updateTable('businesses.businesses')
			.set({ name: `Renamed ${Math.random()}` })
			.execute();
	});

describe('a page that was drawn', () => {
	it('is answered again while nothing of its business is written', async () => {
		expect(await look(visit(businesses.mavuno))).toBe('<p>page 1</p>');
		expect(await look(visit(businesses.mavuno))).toBe('<p>page 1</p>');
		await withBusiness(businesses.mavuno, ({ db }) =>
			db.selectFrom('businesses.businesses').select('name').execute()
		);
		expect(await look(visit(businesses.mavuno))).toBe('<p>page 1</p>');
	});

	it('is drawn anew at once after a write, and after none of another business', async () => {
		await look(visit(businesses.mavuno));
		await rename(businesses.pwani);
		expect(await look(visit(businesses.mavuno))).toBe('<p>page 1</p>');
		await rename(businesses.mavuno);
		expect(await look(visit(businesses.mavuno))).toBe('<p>page 2</p>');
	});

	it('is drawn anew after a write of a job that names no business', async () => {
		await look(visit(businesses.mavuno));
		await withSystem('test', (scope) =>
			createPerson(scope, { email: `${session}@x.example`, name: 'Somebody', password: null })
		);
		expect(await look(visit(businesses.mavuno))).toBe('<p>page 2</p>');
	});

	it('is not kept when something was written while it was being drawn', async () => {
		const slow = async (): Promise<Response> => {
			const drawn = await draw();
			await rename(businesses.mavuno);
			return drawn;
		};
		await keepPage(visit(businesses.mavuno), slow);
		expect(await look(visit(businesses.mavuno))).toBe('<p>page 2</p>');
	});

	it('is drawn once for many who ask at the same time', async () => {
		const all = await Promise.all(Array.from({ length: 20 }, () => look(visit(businesses.mavuno))));
		expect(new Set(all)).toEqual(new Set(['<p>page 1</p>']));
	});

	it('belongs to its session, business and address', async () => {
		await look(visit(businesses.mavuno));
		expect(await look(visit(businesses.mavuno, { session: 'another' }))).toBe('<p>page 2</p>');
		expect(await look(visit(businesses.pwani))).toBe('<p>page 3</p>');
		expect(await look(visit(businesses.mavuno, { path: '/?range=7d' }))).toBe('<p>page 4</p>');
	});

	it('is drawn anew when asked by a reload', async () => {
		await look(visit(businesses.mavuno));
		expect(await look(visit(businesses.mavuno, { headers: { 'cache-control': 'no-cache' } }))).toBe(
			'<p>page 2</p>'
		);
	});
});

describe('a page that looks again', () => {
	const look = { 'x-evolve-live': '1' };
	let mark = 0;
	const page = (figures: string) => (): Promise<Response> =>
		Promise.resolve(
			new Response(
				`<div data-live="/live?since=a.${(mark += 1)}">${figures}<noscript>${mark}</noscript></div>`,
				{ headers: { 'content-type': 'text/html' } }
			)
		);
	const fetchPage = (
		figures: string,
		shown: string | null,
		headers: Record<string, string> = look,
		member = businesses.mavuno
	) =>
		keepPage(
			visit(member, { headers: { ...headers, ...(shown ? { 'if-none-match': shown } : {}) } }),
			page(figures)
		);

	it('hears only how far it is current when it shows all that there is to see', async () => {
		const first = await fetchPage('12', null);
		const shown = first.headers.get('etag');
		expect([first.status, await read(first)]).toEqual([200, expect.stringContaining('>12<')]);
		await rename(businesses.mavuno);
		const same = await fetchPage('12', shown);
		expect([same.status, await same.text()]).toEqual([304, '']);
		expect(same.headers.get('x-evolve-live')).toBe(`/live?since=a.${mark}`);
		await rename(businesses.mavuno);
		const next = await fetchPage('13', shown);
		expect([next.status, await read(next)]).toEqual([200, expect.stringContaining('>13<')]);
		expect(next.headers.get('etag')).not.toBe(shown);
	});

	it('is no reader who opens or reloads it', async () => {
		const shown = (await fetchPage('12', null)).headers.get('etag');
		expect((await fetchPage('12', shown, {})).status).toBe(200);
	});
});

describe('what is no page', () => {
	it('streams and downloads pass unread, each time anew', async () => {
		const endless = new ReadableStream({
			start: (controller) => controller.enqueue(new TextEncoder().encode('still here'))
		});
		const answer = await keepPage(visit(businesses.mavuno, { path: '/live' }), () =>
			Promise.resolve(new Response(endless, { headers: { 'content-type': 'text/event-stream' } }))
		);
		expect(answer.headers.has('content-encoding')).toBe(false);
		await answer.body?.cancel();
	});

	it('a failure is not kept', async () => {
		const fail = () =>
			Promise.resolve(
				new Response('<p>no</p>', { status: 500, headers: { 'content-type': 'text/html' } })
			);
		expect((await keepPage(visit(businesses.mavuno), fail)).status).toBe(500);
		expect(await look(visit(businesses.mavuno))).toBe('<p>page 1</p>');
	});

	it('a form’s answer is not kept', async () => {
		await keepPage(visit(businesses.mavuno, { method: 'POST' }), () => draw());
		expect(await look(visit(businesses.mavuno))).toBe('<p>page 2</p>');
	});
});

it('somebody who joins sees the page of the business that took them in', async () => {
	const { id } = await withSystem('test', (scope) =>
		createPerson(scope, { email: 'new@x.example', name: 'New', password: null })
	);
	await look(visit(businesses.mavuno));
	await withSystem('test', (scope) =>
		addMember(scope, { businessId: businesses.mavuno.businessId, personId: id, role: 'member' })
	);
	expect(await look(visit(businesses.mavuno))).toBe('<p>page 2</p>');
});
