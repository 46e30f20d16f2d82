import { Hono } from 'hono';
import * as v from 'valibot';
import {
	issueCreditNote,
	listCreditNotes,
	readCreditNote,
	readInvoice
} from '#server/modules/billing/index.ts';
import { major } from '#server/modules/rating/index.ts';
import { Invalid } from '#server/platform/errors.ts';
import { CivilDate } from '#server/platform/schemas.ts';
import { parse } from '#server/platform/usecase.ts';
import { inWords } from './invoice-input.ts';
import { creditNoteText, minorIn, WireCreditNote } from './invoice-wire.ts';
import { asIntegrator, change, integrator } from './integrators.ts';
import type { Env } from './env.ts';
import { businessParameter, todayOf } from './invoices.ts';
import { describe, type Noun } from './noun.ts';
import { reply } from './reply.ts';

const CreditInput = v.pipe(
	v.strictObject({
		business: v.pipe(v.string(), v.description('The id of the business.')),
		invoice: v.pipe(v.string(), v.description('The number of the invoice.')),
		reason: v.pipe(v.string(), v.description('Why; the customer reads it.')),
		issued_on: v.optional(
			v.pipe(CivilDate, v.description('Today in the zone of the business by default.'))
		),
		whole: v.optional(
			v.pipe(
				v.literal(true),
				v.description('Gives back all that is left. One of `whole`, `amount` and `lines`.')
			)
		),
		amount: v.optional(
			v.pipe(v.string(), v.description('Gives back so much, tax included, spread over the lines.'))
		),
		lines: v.optional(
			v.pipe(
				v.array(
					v.strictObject({
						position: v.pipe(v.number(), v.integer()),
						amount: v.pipe(v.string(), v.description('Before or with tax, as the line is.'))
					})
				),
				v.description('Gives back of these lines.')
			)
		)
	}),
	v.metadata({ ref: 'CreditInput' })
);

const example: v.InferOutput<typeof WireCreditNote> = {
	number: 'CRN-2026-0012',
	invoice: 'INV-2026-0387',
	issued_on: '2026-11-10',
	reason: 'One day of training was called off',
	reference: 'PO 4711',
	currency: 'KES',
	seller: { name: 'Lixnet Ltd', address: ['Nairobi'], tax_pin: 'P051930264T' },
	customer: { name: 'Mavuno Traders Ltd', address: ['Nairobi'], tax_pin: 'P051482937K' },
	lines: [
		{
			description: 'Training, two days',
			product: null,
			amount: '13500.00',
			tax_class: 'standard',
			tax_rate: '16',
			tax_included: false
		}
	],
	subtotal: '13500.00',
	taxes: [{ class: 'standard', rate: '16', base: '13500.00', tax: '2160.00' }],
	tax: '2160.00',
	total: '15660.00',
	settled: '15660.00',
	credit: '0.00'
};

const Query = v.object({
	business: v.string('Say of which business, by its id.'),
	invoice: v.optional(v.string()),
	after: v.optional(v.string()),
	limit: v.optional(
		v.pipe(v.string(), v.regex(/^\d{1,3}$/, 'Write a number from 1 to 100.'), v.transform(Number)),
		'50'
	)
});

const routes = new Hono<Env>();

routes.get(
	'/credit-notes',
	describe({
		id: 'listCreditNotes',
		summary: 'List credit notes',
		description: 'Of a business, or of one of its invoices, the newest first.',
		scope: 'invoices:read',
		parameters: {
			...businessParameter,
			invoice: {
				in: 'query',
				description: 'Of this invoice alone.',
				example: 'INV-2026-0387',
				optional: true
			},
			after: {
				in: 'query',
				description: '`next` of the page before.',
				example: '2026-11-10.crn_06ebk3w5q8x1y2z3a4b5c6d7e8',
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
					credit_notes: v.array(
						v.object({
							number: v.string(),
							invoice: v.string(),
							issued_on: v.string(),
							reason: v.string(),
							currency: v.string(),
							total: v.string(),
							credit: v.string()
						})
					),
					next: v.pipe(v.nullable(v.string()), v.description('Null at the end.'))
				}),
				v.metadata({ ref: 'CreditNotes' })
			),
			example: {
				credit_notes: [
					{
						number: 'CRN-2026-0012',
						invoice: 'INV-2026-0387',
						issued_on: '2026-11-10',
						reason: 'One day of training was called off',
						currency: 'KES',
						total: '15660.00',
						credit: '0.00'
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
		const { notes, next } = await asIntegrator(c, business, (scope) =>
			listCreditNotes(scope, query)
		);
		return reply(c, {
			credit_notes: notes.map((note) => ({
				number: note.number,
				invoice: note.invoiceNumber,
				issued_on: note.issuedOn,
				reason: note.reason,
				currency: note.currency,
				total: major(note.totalMinor, note.currency),
				credit: major(note.totalMinor - note.settledMinor, note.currency)
			})),
			next
		});
	}
);

routes.get(
	'/credit-notes/:number',
	describe({
		id: 'readCreditNote',
		summary: 'Read a credit note',
		description: 'As it was issued.',
		scope: 'invoices:read',
		parameters: {
			number: { in: 'path', description: 'As it is printed.', example: 'CRN-2026-0012' },
			...businessParameter
		},
		gives: { description: 'The credit note.', schema: WireCreditNote, example },
		failures: ['invalid', 'not_found']
	}),
	integrator('invoices:read'),
	async (c) =>
		reply(
			c,
			await asIntegrator(c, c.req.query('business'), async (scope) =>
				creditNoteText(await readCreditNote(scope, { number: c.req.param('number') }))
			)
		)
);

routes.post(
	'/credit-notes',
	describe({
		id: 'issueCreditNote',
		summary: 'Issue a credit note',
		description:
			'Gives back of an invoice: all that is left, an amount with its tax, or of some lines. It makes less to pay of the invoice; what the invoice asks for no longer is the customer’s credit. Never more than was billed and not given back yet.',
		scope: 'invoices:write',
		takes: {
			'application/json': {
				schema: CreditInput,
				example: {
					business: 'biz_06ebk3w5q8x1y2z3a4b5c6d7e8',
					invoice: 'INV-2026-0387',
					reason: 'One day of training was called off',
					lines: [{ position: 1, amount: '13500.00' }]
				}
			}
		},
		gives: { description: 'As it was issued.', schema: WireCreditNote, example },
		failures: ['invalid', 'not_found', 'credited_too_much', 'invoice_void', 'too_early']
	}),
	integrator('invoices:write'),
	(c) =>
		change(c, (scope, body) =>
			inWords(async () => {
				const { business, invoice, reason, issued_on, ...asked } = parse(CreditInput, body);
				const { currency } = await readInvoice(scope, { businessId: business, number: invoice });
				const { number } = await issueCreditNote(scope, {
					businessId: business,
					number: invoice,
					reason,
					issuedOn: issued_on ?? (await todayOf(scope, business)),
					what: whatIsAsked(asked, currency)
				});
				const note = await readCreditNote(scope, { businessId: business, number });
				return { value: creditNoteText(note) };
			})
		)
);

function whatIsAsked(
	{ whole, amount, lines }: Pick<v.InferOutput<typeof CreditInput>, 'whole' | 'amount' | 'lines'>,
	currency: string
): Parameters<typeof issueCreditNote>[1]['what'] {
	if ([whole, amount, lines].filter((one) => one !== undefined).length !== 1)
		throw new Invalid([{ path: '', message: 'Send one of whole, amount and lines.' }]);
	if (amount !== undefined) return { amountMinor: minorIn(amount, currency, 'amount') };
	if (lines === undefined) return { whole: true };
	return {
		lines: lines.map((line, index) => ({
			position: line.position,
			amountMinor: minorIn(line.amount, currency, `lines.${index}.amount`)
		}))
	};
}

export const creditNotes: Noun = {
	name: 'Credit notes',
	description: 'What was given back of invoices. For integrators.',
	routes
};
