import { Hono } from 'hono';
import * as v from 'valibot';
import {
	changeInvoiceDraft,
	createInvoiceDraft,
	discardInvoiceDraft,
	issueInvoiceDraft,
	listInvoiceDrafts,
	readInvoice,
	readInvoiceDraft
} from '#server/modules/billing/index.ts';
import { NotFound } from '#server/platform/errors.ts';
import { isId } from '#server/platform/ids.ts';
import { CivilDate } from '#server/platform/schemas.ts';
import type { Scope, System } from '#server/platform/scope.ts';
import { parse } from '#server/platform/usecase.ts';
import { draftEntries, exampleDraft, invoiceInput, inWords } from './invoice-input.ts';
import { draftText, invoiceText, WireDraft, WireInvoice } from './invoice-wire.ts';
import { asVendor, change, integrator } from './integrators.ts';
import type { Env } from './env.ts';
import { businessParameter } from './invoices.ts';
import { describe, operations, type Noun, type Parameter } from './noun.ts';
import { reply } from './reply.ts';

const DraftInput = v.pipe(v.strictObject(draftEntries), v.metadata({ ref: 'DraftInput' }));
const DraftChange = v.pipe(
	v.strictObject({
		...draftEntries,
		version: v.pipe(
			v.number(),
			v.integer(),
			v.description(
				'The one that was read: a draft that somebody changed meanwhile is not overwritten.'
			)
		)
	}),
	v.metadata({ ref: 'DraftChange' })
);
const Issue = v.pipe(
	v.strictObject({
		business: v.string(),
		version: v.optional(v.pipe(v.number(), v.integer())),
		issued_on: v.optional(CivilDate),
		due_on: v.optional(CivilDate)
	}),
	v.metadata({ ref: 'DraftIssue' })
);

const id = 'drf_06ebk3w5q8x1y2z3a4b5c6d7e8';
const idParameter: Record<'id', Parameter> = {
	id: { in: 'path', description: 'The draft’s id.', example: id }
};

const example: v.InferOutput<typeof WireDraft> = {
	id,
	business: exampleDraft.business,
	version: 1,
	kind: 'invoice',
	corrects: null,
	reference: 'PO 4711',
	currency: 'KES',
	lines: [
		{
			kind: 'other',
			description: 'Training, two days',
			product: null,
			quantity: '2',
			unit_amount: '15000',
			amount: '30000.00',
			discount: '3000.00',
			tax_class: 'standard',
			tax_included: false
		}
	],
	subtotal: '27000.00',
	taxes: [{ class: 'standard', rate: '16', base: '27000.00', tax: '4320.00' }],
	tax: '4320.00',
	total: '31320.00'
};

const routes = new Hono<Env>();

routes.get(
	'/invoice-drafts',
	describe({
		id: 'listInvoiceDrafts',
		summary: 'List drafts',
		description: 'What is not issued yet, changed last at the top; the first 500.',
		scope: 'invoices:read',
		parameters: { business: { ...businessParameter.business, optional: true } },
		gives: {
			description: 'The drafts.',
			schema: v.pipe(
				v.object({ drafts: v.array(WireDraft) }),
				v.metadata({ ref: 'InvoiceDrafts' })
			),
			example: { drafts: [example] }
		},
		failures: ['invalid']
	}),
	integrator('invoices:read'),
	async (c) => {
		const business = c.req.query('business');
		const drafts = await asVendor(c, (scope) =>
			inWords(() =>
				listInvoiceDrafts(scope, business === undefined ? {} : { businessId: business })
			)
		);
		return reply(c, { drafts: drafts.map(draftText) });
	}
);

routes.post(
	'/invoice-drafts',
	describe({
		id: 'createInvoiceDraft',
		summary: 'Write a draft',
		description:
			'A draft has no number, is not shown to the customer, may change and may be thrown away. The answer says what it would come to.',
		scope: 'invoices:write',
		takes: { 'application/json': { schema: DraftInput, example: exampleDraft } },
		gives: { description: 'The draft, reckoned.', schema: WireDraft, example },
		failures: ['invalid', 'not_found']
	}),
	integrator('invoices:write'),
	(c) =>
		change(c, (scope, body) =>
			inWords(async () => {
				const input = parse(DraftInput, body);
				const made = await createInvoiceDraft(scope, invoiceInput(input));
				return { value: await wireDraft(scope, input.business, made.id) };
			})
		)
);

routes.get(
	'/invoice-drafts/:id',
	describe({
		id: 'readInvoiceDraft',
		summary: 'Read a draft',
		description: 'With what it would come to now.',
		scope: 'invoices:read',
		parameters: { ...idParameter, ...businessParameter },
		gives: { description: 'The draft.', schema: WireDraft, example },
		failures: ['invalid', 'not_found']
	}),
	integrator('invoices:read'),
	async (c) =>
		reply(
			c,
			await asVendor(c, (scope) =>
				inWords(() => wireDraft(scope, c.req.query('business') ?? '', draftId(c.req.param('id'))))
			)
		)
);

routes.put(
	'/invoice-drafts/:id',
	describe({
		id: 'changeInvoiceDraft',
		summary: 'Change a draft',
		description: 'Replaces what it says: send everything.',
		scope: 'invoices:write',
		parameters: idParameter,
		takes: {
			'application/json': { schema: DraftChange, example: { ...exampleDraft, version: 1 } }
		},
		gives: { description: 'The draft, reckoned.', schema: WireDraft, example },
		failures: ['invalid', 'not_found', 'draft_changed']
	}),
	integrator('invoices:write'),
	(c) =>
		change(c, (scope, body) =>
			inWords(async () => {
				const { version, ...input } = parse(DraftChange, body);
				const of = draftId(c.req.param('id'));
				await changeInvoiceDraft(scope, { ...invoiceInput(input), id: of, version });
				return { value: await wireDraft(scope, input.business, of) };
			})
		)
);

routes.delete(
	'/invoice-drafts/:id',
	describe({
		id: 'discardInvoiceDraft',
		summary: 'Throw a draft away',
		description: 'Nothing is left of it.',
		scope: 'invoices:write',
		parameters: { ...idParameter, ...businessParameter },
		gives: {
			description: 'Gone.',
			schema: v.pipe(v.object({ id: v.string() }), v.metadata({ ref: 'DraftGone' })),
			example: { id }
		},
		failures: ['invalid', 'not_found']
	}),
	integrator('invoices:write'),
	(c) =>
		change(c, (scope) =>
			inWords(async () => {
				const of = draftId(c.req.param('id'));
				await discardInvoiceDraft(scope, { businessId: c.req.query('business') ?? '', id: of });
				return { value: { id: of } };
			})
		)
);

routes.post(
	'/invoice-drafts/:id/issue',
	describe({
		id: 'issueInvoiceDraft',
		summary: 'Issue a draft',
		description: 'Makes an invoice or debit note of it; the draft is gone with it.',
		scope: 'invoices:write',
		parameters: idParameter,
		takes: {
			'application/json': {
				schema: Issue,
				example: { business: exampleDraft.business, version: 1 }
			}
		},
		gives: {
			description: 'As it was issued.',
			schema: WireInvoice,
			example: operations.get('readInvoice')?.gives.example
		},
		failures: ['invalid', 'not_found', 'draft_changed', 'invoice_void', 'seller_unknown']
	}),
	integrator('invoices:write'),
	(c) =>
		change(c, (scope, body) =>
			inWords(async () => {
				const { business, version, issued_on, due_on } = parse(Issue, body);
				const { number } = await issueInvoiceDraft(scope, {
					businessId: business,
					id: draftId(c.req.param('id')),
					...(version === undefined ? {} : { version }),
					...(issued_on === undefined ? {} : { issuedOn: issued_on }),
					...(due_on === undefined ? {} : { dueOn: due_on })
				});
				const invoice = await readInvoice(scope, { businessId: business, number });
				return { value: invoiceText(invoice) };
			})
		)
);

async function wireDraft(scope: Scope<System>, businessId: string, of: string) {
	return draftText(await readInvoiceDraft(scope, { businessId, id: of }));
}

function draftId(text: string): string {
	if (!isId('drf', text)) throw new NotFound('This draft');
	return text;
}

export const invoiceDrafts: Noun = {
	name: 'Drafts of invoices',
	description: 'What is not issued yet. For integrators.',
	routes
};
