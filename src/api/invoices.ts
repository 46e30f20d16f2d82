import { Hono } from 'hono';
import * as v from 'valibot';
import {
	invoiceStandings,
	issueInvoiceDraft,
	createInvoiceDraft,
	readInvoice,
	selectInvoices,
	voidInvoice,
	writeOffInvoice
} from '#server/modules/billing/index.ts';
import { readBusiness } from '#server/modules/businesses/index.ts';
import { civilDate, major } from '#server/modules/rating/index.ts';
import { CivilDate } from '#server/platform/schemas.ts';
import type { Scope, System } from '#server/platform/scope.ts';
import { parse } from '#server/platform/usecase.ts';
import { exampleDraft, InvoiceInput, invoiceInput, inWords } from './invoice-input.ts';
import { invoiceText, WireInvoice } from './invoice-wire.ts';
import { asIntegrator, change, integrator } from './integrators.ts';
import type { Env } from './env.ts';
import { describe, type Noun, type Parameter } from './noun.ts';
import { reply } from './reply.ts';

const Business = v.pipe(v.string(), v.description('The id of the business.'));

export const businessParameter: Record<'business', Parameter> = {
	business: {
		in: 'query',
		description: 'The id of the business.',
		example: 'biz_06ebk3w5q8x1y2z3a4b5c6d7e8'
	}
};

const numberParameter: Record<'number', Parameter> = {
	number: { in: 'path', description: 'As it is printed.', example: 'INV-2026-0387' }
};

const Summary = v.object({
	number: v.string(),
	kind: v.string(),
	status: v.string(),
	issued_on: v.string(),
	due_on: v.string(),
	currency: v.string(),
	total: v.string(),
	left: v.pipe(v.string(), v.description('Still to pay.'))
});

const Query = v.object({
	business: v.string('Say of which business, by its id.'),
	standing: v.optional(v.picklist(invoiceStandings)),
	from: v.optional(CivilDate),
	to: v.optional(CivilDate),
	after: v.optional(v.string()),
	limit: v.optional(
		v.pipe(v.string(), v.regex(/^\d{1,3}$/, 'Write a number from 1 to 100.'), v.transform(Number)),
		'50'
	)
});

const DayAndReason = v.pipe(
	v.strictObject({
		business: Business,
		reason: v.pipe(v.string(), v.description('Why; the customer reads it.')),
		on: v.optional(
			v.pipe(
				CivilDate,
				v.description('The day of it; today in the zone of the business by default.')
			)
		)
	}),
	v.metadata({ ref: 'EndOfInvoice' })
);

const example: v.InferOutput<typeof WireInvoice> = {
	number: 'INV-2026-0387',
	kind: 'invoice',
	corrects: null,
	status: 'open',
	reason: null,
	issued_on: '2026-11-01',
	due_on: '2026-12-01',
	reference: 'PO 4711',
	currency: 'KES',
	seller: { name: 'Lixnet Ltd', address: ['Nairobi'], tax_pin: 'P051930264T' },
	customer: { name: 'Mavuno Traders Ltd', address: ['Nairobi'], tax_pin: 'P051482937K' },
	lines: [
		{
			position: 1,
			kind: 'other',
			description: 'Training, two days',
			product: null,
			meter: null,
			period: null,
			quantity: '2',
			unit_amount: '15000',
			amount: '30000.00',
			tax_class: 'standard',
			tax_rate: '16',
			tax_included: false
		}
	],
	discounts: [{ label: 'Long-standing customer', percent: '10', amount: '3000.00' }],
	subtotal: '27000.00',
	taxes: [{ class: 'standard', rate: '16', base: '27000.00', tax: '4320.00' }],
	tax: '4320.00',
	total: '31320.00',
	settled: '0.00',
	left: '31320.00',
	settlements: []
};

const routes = new Hono<Env>();

routes.get(
	'/invoices',
	describe({
		id: 'listInvoices',
		summary: 'List invoices',
		description: 'Invoices and debit notes of a business, the newest first.',
		scope: 'invoices:read',
		parameters: {
			...businessParameter,
			standing: {
				in: 'query',
				description: invoiceStandings.map((one) => `\`${one}\``).join(', '),
				example: 'overdue',
				optional: true
			},
			from: {
				in: 'query',
				description: 'Issued on this day or later.',
				example: '2026-11-01',
				optional: true
			},
			to: {
				in: 'query',
				description: 'Issued on this day or earlier.',
				example: '2026-11-30',
				optional: true
			},
			after: {
				in: 'query',
				description: '`next` of the page before.',
				example: '2026-11-01.INV-2026-0387',
				optional: true
			},
			limit: {
				in: 'query',
				description: 'At most so many, up to 100; 50 by default.',
				example: '50',
				optional: true
			}
		},
		gives: {
			description: 'A page of them.',
			schema: v.pipe(
				v.object({
					invoices: v.array(Summary),
					next: v.pipe(v.nullable(v.string()), v.description('Null at the end.'))
				}),
				v.metadata({ ref: 'Invoices' })
			),
			example: {
				invoices: [
					{
						number: 'INV-2026-0387',
						kind: 'invoice',
						status: 'open',
						issued_on: '2026-11-01',
						due_on: '2026-12-01',
						currency: 'KES',
						total: '31320.00',
						left: '31320.00'
					}
				],
				next: null
			}
		},
		failures: ['invalid', 'not_found']
	}),
	integrator('invoices:read'),
	async (c) => {
		const { business, ...query } = parse(Query, c.req.query());
		const { invoices, next } = await asIntegrator(c, business, async (scope) => {
			const { timeZone } = await readBusiness(scope, {});
			return selectInvoices(scope, { ...query, today: civilDate(scope.now, timeZone) });
		});
		return reply(c, {
			invoices: invoices.map((invoice) => ({
				number: invoice.number,
				kind: invoice.kind,
				status: invoice.status,
				issued_on: invoice.issuedOn,
				due_on: invoice.dueOn,
				currency: invoice.currency,
				total: major(invoice.totalMinor, invoice.currency),
				left: major(
					invoice.status === 'open' ? invoice.totalMinor - invoice.paidMinor : 0n,
					invoice.currency
				)
			})),
			next
		});
	}
);

routes.get(
	'/invoices/:number',
	describe({
		id: 'readInvoice',
		summary: 'Read an invoice',
		description: 'As it was issued, and what has settled it.',
		scope: 'invoices:read',
		parameters: { ...numberParameter, ...businessParameter },
		gives: { description: 'The invoice.', schema: WireInvoice, example },
		failures: ['invalid', 'not_found']
	}),
	integrator('invoices:read'),
	async (c) =>
		reply(
			c,
			await asIntegrator(c, c.req.query('business'), async (scope) =>
				invoiceText(await readInvoice(scope, { number: c.req.param('number') }))
			)
		)
);

routes.post(
	'/invoices',
	describe({
		id: 'issueInvoice',
		summary: 'Issue an invoice',
		description:
			'Issues an invoice, or a debit note that corrects one, from lines. It is reckoned, numbered, posted and told to the customer at once, and never changes; write a draft first where somebody is to look at it.',
		scope: 'invoices:write',
		takes: { 'application/json': { schema: InvoiceInput, example: exampleDraft } },
		gives: { description: 'As it was issued.', schema: WireInvoice, example },
		failures: ['invalid', 'not_found', 'invoice_void', 'seller_unknown']
	}),
	integrator('invoices:write'),
	(c) =>
		change(c, async (scope, body) => {
			const { issued_on, due_on, ...input } = parse(InvoiceInput, body);
			return inWords(async () => {
				const { id } = await createInvoiceDraft(scope, invoiceInput(input));
				const { number } = await issueInvoiceDraft(scope, {
					businessId: input.business,
					id,
					...(issued_on === undefined ? {} : { issuedOn: issued_on }),
					...(due_on === undefined ? {} : { dueOn: due_on })
				});
				return { value: await wireInvoice(scope, input.business, number) };
			});
		})
);

for (const [verb, act, id, summary, description, failures] of [
	[
		'void',
		voidInvoice,
		'voidInvoice',
		'Make an invoice void',
		'For one that was issued by mistake: it asks for nothing, and the ledger takes its entry back. Not once something was paid or given back.',
		['invoice_settled']
	],
	[
		'write-off',
		writeOffInvoice,
		'writeOffInvoice',
		'Give an invoice up',
		'Writes off what is left of it. Whatever comes for it later takes so much of that back.',
		[]
	]
] as const)
	routes.post(
		`/invoices/:number/${verb}`,
		describe({
			id,
			summary,
			description,
			scope: 'invoices:write',
			parameters: numberParameter,
			takes: {
				'application/json': {
					schema: DayAndReason,
					example: { business: 'biz_06ebk3w5q8x1y2z3a4b5c6d7e8', reason: 'Issued twice' }
				}
			},
			gives: { description: 'As it stands now.', schema: WireInvoice, example },
			failures: ['invalid', 'not_found', 'invoice_not_open', 'too_early', ...failures]
		}),
		integrator('invoices:write'),
		(c) =>
			change(c, async (scope, body) => {
				const { business, reason, on } = parse(DayAndReason, body);
				const number = c.req.param('number') ?? '';
				return inWords(async () => {
					const onDay = on ?? (await todayOf(scope, business));
					await act(scope, { businessId: business, number, reason, onDay });
					return { value: await wireInvoice(scope, business, number) };
				});
			})
	);

async function wireInvoice(scope: Scope<System>, businessId: string, number: string) {
	return invoiceText(await readInvoice(scope, { businessId, number }));
}

/** The civil day in the zone of the business. @throws NotFound */
export async function todayOf(scope: Scope<System>, businessId: string): Promise<string> {
	const { timeZone } = await readBusiness(scope, { businessId });
	return civilDate(scope.now, timeZone);
}

export const invoices: Noun = {
	name: 'Invoices',
	description: 'What businesses owe. For integrators.',
	routes
};
