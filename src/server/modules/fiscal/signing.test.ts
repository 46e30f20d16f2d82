import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import type { Member, Scope, System } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	listUnsigned,
	readSignatures,
	removeControlUnit,
	requestSignatures,
	retryAllSignatures,
	retrySignature,
	setControlUnit,
	signDue,
	type FiscalDocument,
	type ReadDocuments,
	type SignatureRequest
} from './index.ts';

let runtime: TestRuntime;
let owner: pg.Client;
let mavuno: Member;
let pwani: Member;

const system = <R>(work: (scope: Scope<System>) => Promise<R>): Promise<R> =>
	withSystem('test', work);

const party = { name: 'Somebody', taxPin: null };

/** What was asked for, in the order of asking. */
let asked: FiscalDocument[] = [];

const read: ReadDocuments = (_, claimed) => {
	const documents = claimed.map(({ documentId, kind, originalNumber }) => ({
		id: documentId,
		kind,
		number: documentId,
		issuedAt: runtime.clock.now(),
		currency: 'KES',
		seller: party,
		customer: party,
		lines: [],
		taxes: [],
		totalMinor: 100n,
		original: originalNumber === null ? null : { number: 'original', unitNumber: originalNumber }
	}));
	asked.push(...documents);
	return Promise.resolve(documents);
};

const sign = (patience?: number) => signDue(read, patience ? { patience } : {});

const unit = (behaviour?: string) =>
	system((scope) =>
		setControlUnit(scope, { adapter: 'simulator', settings: behaviour ? { behaviour } : {} })
	);

let places = 0;
const request = (
	documentId: string,
	{ as = mavuno, ...more }: Partial<SignatureRequest> & { as?: Member } = {}
) =>
	system((scope) =>
		requestSignatures(scope, [
			{
				businessId: as.businessId,
				documentId,
				kind: 'invoice',
				number: documentId,
				series: 'invoices',
				sequence: ++places,
				...more
			}
		])
	);

const standing = async (documentId: string, as = mavuno) =>
	(await withBusiness(as, (scope) => readSignatures(scope, { documentIds: [documentId] }))).get(
		documentId
	);
const numberOf = async (documentId: string, as = mavuno) => {
	const found = await standing(documentId, as);
	return found?.status === 'signed' ? found.number : found?.status;
};
const tell = async (documentId: string) =>
	(await system((scope) => listUnsigned(scope, {}))).documents.find(
		(document) => document.documentId === documentId
	);
const wait = (seconds: number): void =>
	runtime.clock.set(new Date(runtime.clock.now().getTime() + seconds * 1000));

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	owner = new pg.Client(runtime.connection);
	await owner.connect();
});
afterAll(async () => {
	await owner.end();
	await runtime.stop();
});
beforeEach(async () => {
	asked = [];
	await unit();
	await system((scope) => retryAllSignatures(scope, {}));
	await sign();
	expect((await system((scope) => listUnsigned(scope, {}))).documents).toEqual([]);
	asked = [];
});

describe('a control unit', () => {
	it('signs nothing while none is set, nor later what was issued meanwhile', async () => {
		await system((scope) => removeControlUnit(scope, {}));
		await request('before');
		await unit();
		await sign();
		expect(await standing('before')).toBeUndefined();
		expect(asked).toEqual([]);
	});

	it('signs in the order of numbers, whatever order they were asked for in', async () => {
		const place = (places += 10);
		await request('third', { sequence: place + 3 });
		await request('first', { sequence: place + 1, as: pwani });
		await request('second', { sequence: place + 2 });
		expect(await numberOf('second')).toBe('pending');
		await sign();
		expect(asked.map(({ id }) => id)).toEqual(['first', 'second', 'third']);
		const [first, second, third] = await Promise.all([
			numberOf('first', pwani),
			numberOf('second'),
			numberOf('third')
		]);
		const count = Number(/\d+$/.exec(first ?? '')?.[0]);
		expect([second, third]).toEqual([`SIMULATOR-0001/${count + 1}`, `SIMULATOR-0001/${count + 2}`]);
	});

	it('says of itself that it is a simulator, in the code too', async () => {
		await request('honest');
		await sign();
		expect(await standing('honest')).toMatchObject({
			status: 'signed',
			simulated: true,
			serial: 'SIMULATOR-0001',
			signedAt: runtime.clock.now(),
			code: expect.stringContaining('Not signed by the tax authority') as string
		});
	});

	it('signs what corrects an invoice after it, and is told its number', async () => {
		await request('note', { kind: 'credit_note', series: 'credit-notes', originalId: 'original' });
		await request('other note', { kind: 'credit_note', series: 'credit-notes' });
		await unit('refuse');
		await request('original');
		await sign();
		await unit();
		await sign();
		// The note waits for an original that has failed; the one behind it does not.
		expect(await numberOf('note')).toBe('pending');
		await system((scope) => retryAllSignatures(scope, {}));
		await sign();
		expect(asked.find(({ id }) => id === 'note')?.original?.unitNumber).toBe(
			await numberOf('original')
		);
		expect(await numberOf('other note')).toMatch(/^SIMULATOR/);
	});

	it('gives the same number to whoever asks again because the first was cut off', async () => {
		await request('cut off');
		await request('behind it');
		// The unit has signed both; that they are written down is prevented, as by a killed process.
		await owner.query(`create function pg_temp.fail() returns trigger language plpgsql
				as $$ begin raise exception 'cut off'; end $$;
			create trigger fail before update on fiscal.signatures for each row
				when (new.status = 'signed') execute function pg_temp.fail()`);
		await expect(sign()).rejects.toThrow('cut off');
		await owner.query('drop trigger fail on fiscal.signatures');
		const { rows } = await owner.query<{ count: number }>(
			"select count from fiscal.simulated where document_id = 'cut off'"
		);
		expect(rows).toHaveLength(1);
		expect(await numberOf('cut off')).toBe('pending');
		// It is in the dead one's hand for a minute, and nobody goes past it.
		asked = [];
		await sign();
		expect(asked).toEqual([]);
		wait(61);
		await sign();
		expect(await numberOf('cut off')).toBe(`SIMULATOR-0001/${rows[0]?.count ?? 0}`);
		expect(await numberOf('behind it')).toBe(`SIMULATOR-0001/${(rows[0]?.count ?? 0) + 1}`);
	});

	it('signs each once when two ask at the same time', async () => {
		for (let each = 0; each < 60; each++) await request(`both ${each}`);
		await Promise.all([sign(), sign()]);
		await sign();
		const ids = asked.map(({ id }) => id);
		expect(ids).toHaveLength(60);
		expect(new Set(ids).size).toBe(60);
		const numbers = await Promise.all(ids.map((id) => numberOf(id)));
		expect(numbers.every((number) => number?.startsWith('SIMULATOR'))).toBe(true);
	});
});

describe('a unit on a bad day', () => {
	it('that does not answer is asked again later and later, and holds up what is behind', async () => {
		await request('waits');
		await request('behind');
		await unit('fail');
		const pauses: number[] = [];
		for (let each = 0; each < 4; each++) {
			await sign();
			const next = (await tell('waits'))?.nextTryAt?.getTime() ?? 0;
			const pause = (next - runtime.clock.now().getTime()) / 1000;
			pauses.push(pause);
			await sign();
			wait(pause);
		}
		expect(pauses).toEqual([10, 30, 60, 120]);
		expect(await tell('waits')).toMatchObject({
			status: 'pending',
			tries: 4,
			reason: 'The simulator was told to fail.'
		});
		expect(await tell('behind')).toMatchObject({ status: 'pending', tries: 0, reason: null });
		await unit();
		await sign();
		expect(await numberOf('behind')).toMatch(/^SIMULATOR/);
	});

	it('fails what it was asked for a dozen times in vain, tries it hourly, and lets the next one go', async () => {
		await request('hopeless');
		await unit('fail');
		for (let each = 0; each < 12; each++) {
			await sign();
			wait(15 * 60);
		}
		expect(await tell('hopeless')).toMatchObject({ status: 'failed', tries: 12 });
		await request('next');
		await unit();
		await sign();
		expect(await numberOf('next')).toMatch(/^SIMULATOR/);
		expect(await numberOf('hopeless')).toBe('failed');
		wait(60 * 60);
		await sign();
		expect(await numberOf('hopeless')).toMatch(/^SIMULATOR/);
	});

	it('that hangs is not waited for', async () => {
		await request('hangs');
		await unit('hang');
		const begun = performance.now();
		await sign(50);
		expect(performance.now() - begun).toBeLessThan(5_000);
		expect(await tell('hangs')).toMatchObject({ status: 'pending', tries: 1 });
	});

	it('that refuses is not asked again until staff say so, and what is behind goes on', async () => {
		await request('refused');
		await unit('refuse');
		await sign();
		await unit();
		await request('fine');
		wait(24 * 3600);
		await sign();
		expect(await numberOf('fine')).toMatch(/^SIMULATOR/);
		expect(await tell('refused')).toMatchObject({
			status: 'failed',
			nextTryAt: null,
			reason: 'The simulator was told to refuse.'
		});
		const staff = { kind: 'staff', personId: mavuno.personId, name: 'Achieng' } as const;
		await withStaff(staff, 'test', (scope) => retrySignature(scope, { documentId: 'refused' }));
		await sign();
		expect(await numberOf('refused')).toMatch(/^SIMULATOR/);
		await expect(
			withStaff(staff, 'test', (scope) => retrySignature(scope, { documentId: 'refused' }))
		).rejects.toMatchObject({ code: 'already_signed' });
	});
});

describe('a signature', () => {
	it('is seen by those who see the bills of its business, without the reasons of failure', async () => {
		await request('ours');
		await unit('refuse');
		await sign();
		expect(await standing('ours')).toEqual({ status: 'failed' });
		expect(await standing('ours', pwani)).toBeUndefined();
		const otieno = await createMember(mavuno.businessId, 'Otieno', 'o@mavuno.example', 'member');
		await expect(standing('ours', otieno)).rejects.toMatchObject({ code: 'forbidden' });
		await expect(withBusiness(mavuno, (scope) => listUnsigned(scope, {}))).rejects.toMatchObject({
			code: 'forbidden'
		});
		await expect(
			withBusiness(mavuno, (scope) => retrySignature(scope, { documentId: 'ours' }))
		).rejects.toMatchObject({ code: 'forbidden' });
	});

	it('never changes, whoever writes', async () => {
		await request('kept');
		await sign();
		const id = "where document_id = 'kept'";
		await expect(
			owner.query(`update fiscal.signatures set unit_number = 'another' ${id}`)
		).rejects.toThrow('never changes');
		await expect(owner.query(`delete from fiscal.signatures ${id}`)).rejects.toThrow(
			'never changes'
		);
	});

	it('is asked for by a unit that there is', async () => {
		await expect(
			system((scope) => setControlUnit(scope, { adapter: 'another' }))
		).rejects.toMatchObject({ issues: [{ path: 'adapter' }] });
		await expect(unit('dance')).rejects.toMatchObject({ issues: [{ path: 'settings' }] });
	});
});
