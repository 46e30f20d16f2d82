import { afterAll, beforeAll, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member, Scope, System } from '#server/platform/scope.ts';
import { createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { readPdf } from '../../../../tests/setup/pdf.ts';
import { listUnsigned, setControlUnit } from '../fiscal/index.ts';
import {
	issueCreditNote,
	issueInvoices,
	printCreditNote,
	printInvoice,
	readCreditNote,
	readInvoice,
	saveSeller,
	signIssued,
	voidInvoice
} from './index.ts';
import type { DraftLine, InvoiceDraft } from './draft-lines.ts';

let runtime: TestRuntime;
let mavuno: Member;
let pwani: Member;

const system = <R>(work: (scope: Scope<System>) => Promise<R>): Promise<R> =>
	withSystem('test', work);
const line: DraftLine = {
	kind: 'plan',
	description: 'ERP System',
	quantity: '1',
	unitMinor: '100000',
	exactAmount: '1000',
	amountMinor: 100_000n,
	taxClass: 'standard',
	taxIncluded: false
};
const draft = (as: Member, changed: Partial<InvoiceDraft> = {}): InvoiceDraft => ({
	businessId: as.businessId,
	issuedOn: '2026-11-01',
	dueOn: '2026-11-30',
	currency: 'KES',
	lines: [line],
	...changed
});
const read = (number: string, as: Member) =>
	withBusiness(as, (scope) => readInvoice(scope, { number }));

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	await system((scope) =>
		saveSeller(scope, { name: 'Lixnet Ltd', address: ['Nairobi'], taxPin: 'P051930264T' })
	);
});
afterAll(() => runtime.stop());

it('has nothing signed while no unit is set', async () => {
	const [issued] = await system((scope) => issueInvoices(scope, [draft(mavuno)]));
	await signIssued();
	expect((await read(issued?.number ?? '', mavuno)).signature).toBeNull();
});

it('signs invoices of all businesses in the order of their numbers, and debit notes with what they correct', async () => {
	await system((scope) => setControlUnit(scope, { adapter: 'simulator' }));
	const issued = await system((scope) =>
		issueInvoices(scope, [draft(mavuno), draft(pwani), draft(mavuno)])
	);
	const [note] = await system((scope) =>
		issueInvoices(scope, [
			draft(mavuno, { kind: 'debit_note', correctsInvoiceId: issued[0]?.id ?? '' })
		])
	);
	expect((await read(issued[0]?.number ?? '', mavuno)).signature).toEqual({ status: 'pending' });
	await signIssued();
	const all = await Promise.all(
		issued.map(({ number }, place) => read(number, place === 1 ? pwani : mavuno))
	);
	expect(
		all.map(({ signature }) => (signature?.status === 'signed' ? signature.number : signature))
	).toEqual(['SIMULATOR-0001/1', 'SIMULATOR-0001/2', 'SIMULATOR-0001/3']);
	const read4 = await read(note?.number ?? '', mavuno);
	expect(read4.corrects).toMatchObject({
		number: issued[0]?.number,
		unitNumber: 'SIMULATOR-0001/1'
	});
	expect(read4.signature).toMatchObject({ number: 'SIMULATOR-0001/4' });
	const [text] = readPdf(await printInvoice(read4, 'en', [])).pages;
	expect(text).toContain('SIMULATOR-0001/4');
});

it('lets nobody make void what went to the unit', async () => {
	const [issued] = await system((scope) => issueInvoices(scope, [draft(mavuno)]));
	const end = () =>
		system((scope) =>
			voidInvoice(scope, {
				businessId: mavuno.businessId,
				number: issued?.number ?? '',
				onDay: '2026-11-25',
				reason: 'Issued twice'
			})
		);
	await expect(end()).rejects.toMatchObject({ code: 'invoice_signed' });
	await signIssued();
	await expect(end()).rejects.toMatchObject({ code: 'invoice_signed' });
});

it('signs a credit note after its invoice, with that one’s number at the unit', async () => {
	const [issued] = await system((scope) => issueInvoices(scope, [draft(pwani)]));
	const note = await system((scope) =>
		issueCreditNote(scope, {
			businessId: pwani.businessId,
			number: issued?.number ?? '',
			issuedOn: '2026-11-25',
			reason: 'Without service',
			what: { whole: true }
		})
	);
	await signIssued();
	const read = await withBusiness(pwani, (scope) => readCreditNote(scope, { number: note.number }));
	const original = await withBusiness(pwani, (scope) =>
		readInvoice(scope, { number: issued?.number ?? '' })
	);
	expect(original.signature).toMatchObject({ number: read.corrects.unitNumber });
	expect(read.signature).toMatchObject({ status: 'signed' });
	const [text] = readPdf(await printCreditNote(read, 'en')).pages;
	expect(text?.replace(/\s+/g, ' ')).toContain(
		`Original control unit invoice number: ${read.corrects.unitNumber ?? 'missing'}.`
	);
});

it('issues while the unit does not answer, and has it signed later', async () => {
	const unit = (behaviour: string) =>
		system((scope) => setControlUnit(scope, { adapter: 'simulator', settings: { behaviour } }));
	await unit('fail');
	const [issued] = await system((scope) => issueInvoices(scope, [draft(pwani)]));
	await signIssued();
	expect((await read(issued?.number ?? '', pwani)).signature).toEqual({ status: 'pending' });
	const { documents } = await system((scope) => listUnsigned(scope, {}));
	expect(documents).toMatchObject([{ number: issued?.number, tries: 1 }]);
	await unit('sign');
	runtime.clock.set(new Date(runtime.clock.now().getTime() + 60_000));
	await signIssued();
	expect((await read(issued?.number ?? '', pwani)).signature).toMatchObject({ status: 'signed' });
});

it('signs five hundred issued at once, a batch after the other', async () => {
	await system((scope) =>
		issueInvoices(
			scope,
			Array.from({ length: 500 }, (_, place) => draft(place % 2 ? mavuno : pwani))
		)
	);
	await signIssued();
	const { counts } = await system((scope) => listUnsigned(scope, {}));
	expect(counts).toMatchObject({ pending: 0, failed: 0 });
});
