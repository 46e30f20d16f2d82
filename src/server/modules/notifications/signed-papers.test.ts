import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { withSystem } from '#server/platform/doors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { openAttachment } from '#server/platform/mail.ts';
import type { Member, Scope, System } from '#server/platform/scope.ts';
import { createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { bill, subscribeAll } from '../../../../tests/setup/dunning.ts';
import { lettersTo } from '../../../../tests/setup/letters.ts';
import { readPdf } from '../../../../tests/setup/pdf.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { issueCreditNote } from '../billing/index.ts';
import { removeControlUnit, retryAllSignatures, setControlUnit } from '../fiscal/index.ts';
import './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let products: Awaited<ReturnType<typeof createProducts>>;
let mavuno: Member;
let pwani: Member;

const system = <R>(work: (scope: Scope<System>) => Promise<R>): Promise<R> =>
	withSystem('test', work);
const unit = (behaviour: 'sign' | 'fail') =>
	system((scope) => setControlUnit(scope, { adapter: 'simulator', settings: { behaviour } }));

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	products = await createProducts();
	await subscribeAll([mavuno, pwani]);
	jobs = await startJobs({ pollingSeconds: 0.5 });
});
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});
beforeEach(() => unit('fail'));

async function issue(member: Member) {
	const { number } = await bill(member, products, { issuedOn: '2026-11-25', dueOn: '2026-12-05' });
	await jobs.settle();
	return number;
}
async function signAll() {
	await unit('sign');
	await system((scope) => retryAllSignatures(scope, {}));
	await jobs.settle();
}
/** What its PDF says, of each letter about it. */
async function papers(email: string, number: string): Promise<string[]> {
	const letters = (await lettersTo(email)).filter(({ subject }) => subject.includes(number));
	return Promise.all(
		letters.map(async ({ id }) => readPdf((await openAttachment(id, 0)).bytes).pages.join('\n'))
	);
}
const wanjiku = 'wanjiku@mavuno.example';
const amina = 'amina@pwani.example';

it('waits until the unit has signed, and goes once, whatever is signed after it', async () => {
	const number = await issue(mavuno);
	const other = await issue(pwani);
	expect(await papers(wanjiku, number)).toEqual([]);
	await signAll();
	const [paper, ...more] = await papers(wanjiku, number);
	expect(more).toEqual([]);
	expect(paper).toContain('Control unit invoice number');
	expect(paper).not.toContain('Not signed by the control unit yet');
	expect(await papers(amina, other)).toHaveLength(1);
	expect(await papers(amina, number)).toEqual([]);

	await issue(mavuno);
	await signAll();
	expect(await papers(wanjiku, number)).toHaveLength(1);
});

it('waits ten minutes and no longer: then the paper says that it is not signed', async () => {
	const number = await issue(mavuno);
	const { rows } = await system(({ db }) =>
		sql<{ seconds: number }>`
			select extract(epoch from start_after - created_on)::int as seconds from jobs.job
			where name = 'notifications.invoice-mail' and state = 'created'`.execute(db)
	);
	expect(rows).toEqual([{ seconds: 600 }]);
	await system(({ db }) =>
		sql`update jobs.job set start_after = now()
			where name = 'notifications.invoice-mail' and state = 'created'`.execute(db)
	);
	await jobs.settle();
	const [paper] = await papers(wanjiku, number);
	expect(paper).toContain('Not signed by the control unit yet.');
	await signAll();
	expect(await papers(wanjiku, number)).toHaveLength(1);
});

it('holds for credit notes too', async () => {
	const number = await issue(mavuno);
	const { number: note } = await system((scope) =>
		issueCreditNote(scope, {
			businessId: mavuno.businessId,
			number,
			issuedOn: '2026-11-25',
			reason: 'A day without service.',
			what: { amountMinor: 11_600n }
		})
	);
	await jobs.settle();
	expect(await papers(wanjiku, note)).toEqual([]);
	await signAll();
	const [paper, ...more] = await papers(wanjiku, note);
	expect(more).toEqual([]);
	expect(paper).toContain('Control unit invoice number');
});

it('does not wait where no unit signs', async () => {
	await system((scope) => removeControlUnit(scope, {}));
	const number = await issue(mavuno);
	expect(await papers(wanjiku, number)).toHaveLength(1);
});
