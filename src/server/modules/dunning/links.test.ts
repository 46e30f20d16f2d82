import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { bill, subscribeAll } from '../../../../tests/setup/dunning.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { makeInvoiceLink, openInvoiceLink, saveSchedule } from './index.ts';

let runtime: TestRuntime;
let mavuno: Member;
let pwani: Member;
let mine: { id: string; number: string };
let theirs: { id: string; number: string };

const now = new Date('2026-11-25T09:00:00Z');
const days = { issuedOn: '2026-11-01', dueOn: '2026-12-01' };

beforeAll(async () => {
	runtime = await startTestRuntime(now);
	({ mavuno, pwani } = await createTwoBusinesses());
	const products = await createProducts();
	await subscribeAll([mavuno, pwani]);
	mine = await bill(mavuno, products, days);
	theirs = await bill(pwani, products, days);
});
afterAll(() => runtime.stop());

const make = async ({ businessId }: Member, { id }: { id: string }) => {
	const link = await withSystem('test', (scope) =>
		makeInvoiceLink(scope, { businessId, invoiceId: id })
	);
	return link.replace('http://localhost:3000/i/', '');
};
const open = (token: string) => withSystem('test', (scope) => openInvoiceLink(scope, token));

describe('a link to an invoice', () => {
	it('opens that invoice, of that business', async () => {
		const token = await make(mavuno, mine);
		expect(token).toMatch(/^[\w.-]{90,120}$/);
		expect(await open(token)).toEqual({
			state: 'open',
			businessId: mavuno.businessId,
			number: mine.number
		});
	});

	it('of which a single letter was changed opens nothing', async () => {
		const token = await make(mavuno, mine);
		for (let place = 0; place < token.length; place += 1) {
			const other = token[place] === 'a' ? 'b' : 'a';
			const changed = token.slice(0, place) + other + token.slice(place + 1);
			expect(await open(changed), `at ${place}`).toEqual({ state: 'unknown' });
		}
	});

	it('is not put together from the parts of others', async () => {
		const [one, other] = [await make(mavuno, mine), await make(pwani, theirs)];
		const mixed = one.slice(0, 26) + other.slice(26);
		expect(await open(mixed)).toEqual({ state: 'unknown' });
		expect(await open(one.split('.')[0] + '.' + (other.split('.')[1] ?? ''))).toEqual({
			state: 'unknown'
		});
	});

	it('made for an invoice of another business opens nothing, though it is signed', async () => {
		expect(await open(await make(mavuno, theirs))).toEqual({ state: 'unknown' });
	});

	it.each(['', '.', 'x', 'a'.repeat(3_000), '../../etc/passwd', '%00', 'é'.repeat(59) + '.x'])(
		'that is none opens nothing: %#',
		async (token) => {
			expect(await open(token)).toEqual({ state: 'unknown' });
		}
	);

	it('ends after thirty days, or as many as the schedule says', async () => {
		const token = await make(mavuno, mine);
		runtime.clock.set(new Date(now.getTime() + 30 * 86_400_000 - 1));
		expect(await open(token)).toMatchObject({ state: 'open' });
		runtime.clock.set(new Date(now.getTime() + 30 * 86_400_000));
		expect(await open(token)).toEqual({ state: 'expired' });

		runtime.clock.set(now);
		await withSystem('test', (scope) =>
			saveSchedule(scope, {
				hour: 7,
				linkDays: 2,
				steps: [{ slug: 'late', day: 1, action: 'remind' }]
			})
		);
		const short = await make(mavuno, mine);
		runtime.clock.set(new Date(now.getTime() + 2 * 86_400_000));
		expect(await open(short)).toEqual({ state: 'expired' });
		runtime.clock.set(now);
	});

	it('to a void invoice says that it is void', async () => {
		const token = await make(pwani, theirs);
		await withSystem('test', ({ db }) =>
			db
				.updateTable('billing.invoices')
				.set({ status: 'void', voided_on: '2026-11-25' })
				.where('id', '=', theirs.id)
				.execute()
		);
		expect(await open(token)).toEqual({ state: 'void' });
	});
});
