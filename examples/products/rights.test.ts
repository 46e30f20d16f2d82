import { createHmac } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeSubscriptionStatus } from '#server/modules/billing/index.ts';
import { addMember } from '#server/modules/businesses/index.ts';
import { saveProduct } from '#server/modules/catalogue/index.ts';
import { createPerson } from '#server/modules/identity/index.ts';
import {
	askExport,
	grantAccess,
	listExports,
	removeAccess,
	saveContact
} from '#server/modules/launch/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createBrowser, type Browser } from '../../src/oidc/testing/browser.ts';
import { password } from '../../src/oidc/testing/portal.ts';
import { startProducts, type Running, type Slug } from '../../tests/setup/sample-products.ts';

// Roles, what a subscription leaves, and what the portal tells through webhooks of its own making.

let running: Running;
let otieno: Member;
beforeAll(async () => {
	running = await startProducts(['erp', 'payroll']);
	otieno = await withSystem('test', async (scope) => {
		const { businessId } = running.mavuno;
		const name = 'Otieno Ouma';
		const { id } = await createPerson(scope, { name, email: 'otieno@mavuno.example', password });
		await addMember(scope, { businessId, personId: id, role: 'member' });
		return { ...running.mavuno, personId: id, name, role: 'member' };
	});
});
afterAll(() => running.stop());

const settle = () => running.portal.jobs.settle();

async function grant(member: Member, product: Slug, role: string): Promise<void> {
	await withSystem('test', (scope) => grantAccess(scope, { ...member, product, role }));
	await settle();
}

async function openAs(member: Member, product: Slug): Promise<Browser> {
	const email = member === otieno ? 'otieno@mavuno.example' : 'wanjiku@mavuno.example';
	const { browser } = await running.signedIn(member, email);
	await running.open(browser, member, product);
	return browser;
}

/** Sends a form that the page may not even show. */
async function force(
	browser: Browser,
	slug: Slug,
	path: string,
	fields: Record<string, string>
): Promise<Response> {
	const { origin } = running.product(slug);
	return browser.ask(origin + path, {
		method: 'POST',
		headers: { origin },
		body: new URLSearchParams({ business: running.mavuno.businessId, ...fields })
	});
}

const statusOf = async (browser: Browser, slug: Slug, path: string): Promise<number> =>
	(await browser.ask(running.product(slug).origin + path)).status;

describe('a role', () => {
	it('decides which pages and forms one has, and who can is said', async () => {
		await grant(otieno, 'erp', 'viewer');
		const browser = await openAs(otieno, 'erp');
		const orders = await running.page(browser, 'erp', '/purchases/orders');
		expect(orders).not.toContain('New order');
		expect(orders).not.toContain('href="/exports"');
		expect(orders).toContain('href="/reports/stock-value"');
		const refused = await force(browser, 'erp', '/purchases/orders', {
			action: 'order',
			item: 'item-1',
			quantity: '5',
			supplier: 'Rift Millers'
		});
		expect(refused.status).toBe(403);
		const words = (await refused.text()).replaceAll(/\s+/g, ' ');
		expect(words).toContain('You are Viewer here and cannot ask for orders. Wanjiku Kamau can.');
		const exports = await browser.ask(`${running.product('erp').origin}/exports`);
		expect(exports.status).toBe(403);
	});

	it('that the product does not know is as good as none', async () => {
		await grant(otieno, 'erp', 'viewer');
		await withSystem('test', async ({ db }) => {
			await db
				.updateTable('launch.accesses')
				.set({ role: 'bookkeeper' })
				.where('person_id', '=', otieno.personId)
				.execute();
		});
		const browser = await openAs(otieno, 'erp');
		const page = await running.page(browser, 'erp', '/');
		expect(page).toContain('title="Signed in as Otieno Ouma, Sales"');
	});

	it('separates who prepares a pay run from who approves it', async () => {
		await grant(otieno, 'payroll', 'preparer');
		const preparer = await openAs(otieno, 'payroll');
		const month = new Date().toISOString().slice(0, 7);
		await running.submit(preparer, 'payroll', '/pay-runs', 'prepare', {});
		const run = `/pay-runs/${month}`;
		expect(await running.page(preparer, 'payroll', run)).not.toContain('Approve run');
		const refused = await force(preparer, 'payroll', run, { action: 'approve' });
		expect(refused.status).toBe(403);
		expect(await running.page(preparer, 'payroll', run)).toContain('Waits for approval');

		const approver = await openAs(running.mavuno, 'payroll');
		await running.submit(approver, 'payroll', run, 'return', { remark: 'Add the new driver' });
		expect(await running.page(preparer, 'payroll', run)).toContain('Add the new driver');
		await running.submit(preparer, 'payroll', run, 'prepare', {});
		await running.submit(approver, 'payroll', run, 'approve', {});
		const paid = await running.submit(approver, 'payroll', run, 'pay', {});
		expect(await paid.text()).toContain('is paid, and the payslips go out');
		const late = await force(approver, 'payroll', run, { action: 'approve' });
		expect(late.status).toBe(422);
		expect(await late.text()).toContain('Somebody has done something with it meanwhile.');
	});

	it('changed or taken away in the portal reaches open sessions at once', async () => {
		await grant(otieno, 'erp', 'viewer');
		const browser = await openAs(otieno, 'erp');
		await grant(otieno, 'erp', 'storekeeper');
		await expect
			.poll(() => running.page(browser, 'erp', '/stock'), { timeout: 5_000 })
			.toContain('New item');
		await withSystem('test', (scope) => removeAccess(scope, { ...otieno, product: 'erp' }));
		await settle();
		await expect.poll(() => statusOf(browser, 'erp', '/stock'), { timeout: 5_000 }).toBe(303);
	});
});

describe('sending a form twice', () => {
	it('does it once', async () => {
		const browser = await openAs(running.mavuno, 'erp');
		const fields = { action: 'add', name: 'Honey 500 g', unit: 'jar', price: '450', reorder: '5' };
		const first = await force(browser, 'erp', '/stock', { ...fields, ticket: 'the-same' });
		const second = await force(browser, 'erp', '/stock', { ...fields, ticket: 'the-same' });
		expect(first.status).toBe(303);
		expect(second.status).toBe(303);
		expect(second.headers.get('location')).toBe(first.headers.get('location'));
		const third = await force(browser, 'erp', '/stock', { ...fields, ticket: 'another' });
		expect(third.status).toBe(422);
	});
});

describe('what the subscription leaves', () => {
	const stand = async (status: 'active' | 'past_due' | 'suspended' | 'ended'): Promise<void> => {
		await withSystem('test', (scope) =>
			changeSubscriptionStatus(scope, {
				businessId: running.mavuno.businessId,
				product: 'erp',
				status,
				on: new Date().toISOString().slice(0, 10)
			})
		);
		await settle();
	};
	const suspended = (suspendedMode: 'read_only' | 'export_only' | 'closed') =>
		withSystem('test', (scope) => saveProduct(scope, { slug: 'erp', suspendedMode }));
	const sell = { action: 'sell', customer: 'Baraka Shop', item: 'item-1', quantity: '1' };
	const main = async (browser: Browser, path: string): Promise<string> =>
		(await running.page(browser, 'erp', path)).replaceAll(/\s+/g, ' ');

	it('is told in a banner, and everything stays open, while a bill is overdue', async () => {
		const browser = await openAs(running.mavuno, 'erp');
		await stand('past_due');
		await expect
			.poll(() => main(browser, '/'), { timeout: 5_000 })
			.toContain('A bill for ERP System is overdue');
		expect((await force(browser, 'erp', '/sales/invoices', sell)).status).toBe(303);
	});

	it('is looking, until it closes, while it is suspended', async () => {
		await suspended('closed');
		const browser = await openAs(running.mavuno, 'erp');
		await stand('suspended');
		await expect
			.poll(() => main(browser, '/sales/invoices'), { timeout: 5_000 })
			.toContain('You can look and export until');
		expect(await main(browser, '/sales/invoices')).toContain('<fieldset disabled>');
		const before = await main(browser, '/');
		const refused = await force(browser, 'erp', '/sales/invoices', sell);
		expect(refused.status).toBe(403);
		expect(await refused.text()).toContain('nothing can be changed until the bill is paid');
		expect(await main(browser, '/')).toBe(before);
		await stand('active');
	});

	it('is exports alone, where the vendor wants it so', async () => {
		await suspended('export_only');
		await stand('suspended');
		const browser = await openAs(running.mavuno, 'erp');
		const at = await browser.ask(`${running.product('erp').origin}/stock`);
		expect(at.headers.get('location')).toBe('/exports');
		expect((await force(browser, 'erp', '/sales/invoices', sell)).status).toBe(403);
		const asked = await running.submit(browser, 'erp', '/exports', 'ask', { kind: 'sales' });
		expect(await asked.text()).toContain('Sales is being written');
		await stand('active');
		await expect.poll(() => statusOf(browser, 'erp', '/stock'), { timeout: 5_000 }).toBe(200);
	});

	it('is nothing once the notice is over, but the way to the portal', async () => {
		await suspended('closed');
		await stand('suspended');
		const browser = await openAs(running.mavuno, 'erp');
		await withSystem('test', ({ db, now }) =>
			db
				.updateTable('billing.subscriptions')
				.set({ suspended_at: new Date(now.getTime() - 60 * 86_400_000) })
				.where('business_id', '=', running.mavuno.businessId)
				.where('product_id', '=', running.product('erp').id)
				.execute()
		);
		// A message is a reason to look: what it says of the subscription does not count.
		const data = { subscription: { status: 'active', mode: 'full' } };
		await sendWebhook('erp', { type: 'subscription.changed', data });
		expect(await statusOf(browser, 'erp', '/stock')).toBe(403);
		const page = await main(browser, '/stock');
		expect(page).toContain('closed to Mavuno Traders Ltd until the bill is paid');
		expect(page).toContain(`href="${running.portal.origin}/products/erp"`);
		expect((await force(browser, 'erp', '/sales/invoices', sell)).status).toBe(403);
		expect(await statusOf(browser, 'erp', '/exports')).toBe(403);
	});

	it('is no session where the subscription is over', async () => {
		await stand('active');
		const browser = await openAs(running.mavuno, 'erp');
		expect(await statusOf(browser, 'erp', '/stock')).toBe(200);
		await stand('ended');
		await expect.poll(() => statusOf(browser, 'erp', '/stock'), { timeout: 5_000 }).not.toBe(200);
	});
});

/** As the portal signs them (Standard Webhooks), by hand. */
async function sendWebhook(
	slug: Slug,
	{
		type,
		data = {},
		id = `msg_${Math.random().toString(36).slice(2)}`,
		secret = running.product(slug).webhookSecret,
		secondsAgo = 0
	}: { type: string; data?: object; id?: string; secret?: string; secondsAgo?: number }
): Promise<{ status: number; said: string }> {
	const business = { id: running.mavuno.businessId, name: 'Mavuno Traders Ltd' };
	const at = Math.floor(Date.now() / 1000) - secondsAgo;
	const body = JSON.stringify({ type, timestamp: new Date(), data: { business, ...data } });
	const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
	const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
	const answer = await fetch(`${running.product(slug).origin}/webhooks`, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			'webhook-id': id,
			'webhook-timestamp': String(at),
			'webhook-signature': `v1,${signature}`
		},
		body
	});
	return { status: answer.status, ...((await answer.json()) as { said: string }) };
}

describe('a webhook', () => {
	it.each([
		['with another signature', { secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}` }],
		['sent long ago', { secondsAgo: 3_600 }]
	])('%s is refused', async (_what, how) => {
		expect((await sendWebhook('payroll', { type: 'access.changed', ...how })).status).toBe(401);
	});

	it('that was heard is not heard again', async () => {
		const twice = { type: 'access.changed', id: 'msg_twice' };
		expect(await sendWebhook('payroll', twice)).toEqual({ status: 200, said: 'heard' });
		expect(await sendWebhook('payroll', twice)).toEqual({ status: 200, said: 'heard before' });
	});

	it('of a kind that is not known is fine', async () => {
		expect((await sendWebhook('payroll', { type: 'moon.risen' })).status).toBe(200);
	});

	it('tells whom to ask about the product', async () => {
		const browser = await openAs(running.mavuno, 'payroll');
		await withBusiness(running.mavuno, (scope) =>
			saveContact(scope, {
				product: 'payroll',
				name: 'Achieng Odhiambo',
				email: 'achieng@mavuno.example',
				phone: '0700 011 222'
			})
		);
		await settle();
		await expect
			.poll(() => running.page(browser, 'payroll', '/'), { timeout: 5_000 })
			.toMatch(/Ask Achieng Odhiambo about[\s\S]*0700 011 222/);
	});
});

describe('an export that is asked for in the portal', () => {
	const listed = () =>
		withBusiness(running.mavuno, (scope) => listExports(scope, { product: 'payroll' }));

	it('is written from the book, reported, and fetched by whoever may', async () => {
		await expect
			.poll(
				async () =>
					withBusiness(running.mavuno, (scope) =>
						askExport(scope, { product: 'payroll', kind: 'everything' })
					).then(
						() => true,
						() => false
					),
				{ timeout: 5_000 }
			)
			.toBe(true);
		await settle();
		await expect.poll(async () => (await listed())[0]?.status, { timeout: 8_000 }).toBe('ready');
		const [made] = await listed();
		expect(made?.path).toMatch(/^\/exports\/[\w-]{32}$/);
		const browser = await openAs(running.mavuno, 'payroll');
		const { origin } = running.product('payroll');
		const path = made?.path ?? '';
		expect(await running.page(browser, 'payroll', path)).toContain('Download');
		const file = await browser.ask(`${origin}${path}/file`);
		expect(file.headers.get('content-type')).toBe('application/zip');
		expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="payroll-/);
		const bytes = Buffer.from(await file.arrayBuffer());
		expect(bytes.length).toBe(Number(made?.bytes));
		const { name, text } = firstOf(bytes);
		expect(name).toBe('employees.csv');
		expect(text.split('\r\n')[0]).toBe('\uFEFFnumber,name,job,gross_kes,since,left_on');
		expect(text.trim().split('\r\n')).toHaveLength(1 + 156);
	});

	it('is kept from whoever has another role, is not signed in or is of another business', async () => {
		const [made] = await listed();
		const { origin } = running.product('payroll');
		const address = `${origin}${made?.path ?? ''}/file`;
		await grant(otieno, 'payroll', 'preparer');
		const preparer = await openAs(otieno, 'payroll');
		expect((await preparer.ask(address)).status).toBe(403);
		const stranger = await createBrowser().ask(address);
		expect(stranger.status).toBe(303);
		const guessed = await openAs(running.mavuno, 'payroll');
		expect((await guessed.ask(`${origin}/exports/${'x'.repeat(32)}/file`)).status).toBe(404);
	});

	it('of a kind that the product does not have fails with words', async () => {
		const before = (await listed()).length;
		const answer = await sendWebhook('payroll', {
			type: 'export.asked',
			data: { export: { id: 'exp_01m81j2v0xhyqqhx8qwbmmysw6', kind: 'moon' } }
		});
		expect(answer.status).toBe(200);
		expect(await listed()).toHaveLength(before);
	});
});

/** The first file of an archive, read by what its header says. */
function firstOf(zip: Buffer): { name: string; text: string } {
	expect(zip.readUInt32LE(0)).toBe(0x04034b50);
	const packed = zip.readUInt32LE(18);
	const nameLength = zip.readUInt16LE(26);
	const start = 30 + nameLength + zip.readUInt16LE(28);
	return {
		name: zip.toString('utf8', 30, 30 + nameLength),
		text: inflateRawSync(zip.subarray(start, start + packed)).toString('utf8')
	};
}
