import { Hono } from 'hono';
import * as v from 'valibot';
import {
	listPayments,
	methods,
	readReceipt,
	recordCertificate,
	recordPayment,
	refundCredit,
	reversePayment
} from '#server/modules/payments/index.ts';
import { major } from '#server/modules/rating/index.ts';
import { parse } from '#server/platform/usecase.ts';
import type { Env } from './env.ts';
import { asIntegrator, change, integrator } from './integrators.ts';
import { describe, type Noun, type Parameter } from './noun.ts';
import {
	Amount,
	Business,
	CurrencyText,
	For,
	forIn,
	inFields,
	Method,
	moneyIn,
	paymentExample,
	paymentText,
	WirePayment
} from './payment-wire.ts';
import { reply } from './reply.ts';

const id = 'biz_06ebk3w5q8x1y2z3a4b5c6d7e8';
const business: Record<string, Parameter> = {
	business: { in: 'query', description: 'The id of the business.', example: id }
};
const receipt: Record<string, Parameter> = {
	number: { in: 'path', description: 'Of the receipt.', example: 'RCT-2026-0012' }
};
const Day = (what: string) =>
	v.pipe(v.string(), v.metadata({ format: 'date' }), v.description(what));

const Query = v.object({
	business: v.string('Say of which business, by its id.'),
	from: v.optional(v.string()),
	to: v.optional(v.string()),
	method: v.optional(v.picklist(methods)),
	search: v.optional(v.string()),
	after: v.optional(v.string()),
	limit: v.optional(
		v.pipe(v.string(), v.regex(/^\d{1,3}$/, 'Write a number from 1 to 500.'), v.transform(Number)),
		'50'
	)
});

const routes = new Hono<Env>();

routes.get(
	'/payments',
	describe({
		id: 'listPayments',
		summary: 'List payments',
		description: 'Of a business, the last received first.',
		scope: 'payments:read',
		parameters: {
			...business,
			from: {
				in: 'query',
				description: 'Received on this day or later.',
				example: '2026-11-01',
				optional: true
			},
			to: {
				in: 'query',
				description: 'Received on this day or earlier.',
				example: '2026-11-30',
				optional: true
			},
			method: { in: 'query', description: 'How it came.', example: 'bank', optional: true },
			search: {
				in: 'query',
				description: 'A part of its reference or of the receipt’s number.',
				example: 'FT26325',
				optional: true
			},
			after: {
				in: 'query',
				description: '`next` of the page before.',
				example: '2026-11-20.12',
				optional: true
			},
			limit: {
				in: 'query',
				description: 'At most so many, up to 500; 50 by default.',
				example: '50',
				optional: true
			}
		},
		gives: {
			description: 'A page of them.',
			schema: v.pipe(
				v.object({
					payments: v.array(WirePayment),
					next: v.pipe(v.nullable(v.string()), v.description('Null at the end.'))
				}),
				v.metadata({ ref: 'Payments' })
			),
			example: { payments: [paymentExample], next: null }
		},
		failures: ['invalid', 'not_found']
	}),
	integrator('payments:read'),
	async (c) => {
		const { business: of, ...query } = parse(Query, c.req.query());
		const { payments, next } = await asIntegrator(c, of, (scope) => listPayments(scope, query));
		return reply(c, { payments: payments.map(paymentText), next });
	}
);

routes.get(
	'/payments/:number',
	describe({
		id: 'readPayment',
		summary: 'Read a payment',
		description: 'By the number of its receipt.',
		scope: 'payments:read',
		parameters: { ...receipt, ...business },
		gives: { description: 'The payment.', schema: WirePayment, example: paymentExample },
		failures: ['invalid', 'not_found']
	}),
	integrator('payments:read'),
	async (c) =>
		reply(
			c,
			await asIntegrator(c, c.req.query('business'), async (scope) =>
				paymentText(await readReceipt(scope, { number: c.req.param('number') }))
			)
		)
);

const PaymentInput = v.pipe(
	v.strictObject({
		business: Business,
		method: Method,
		reference: v.pipe(
			v.string(),
			v.description('What the bank or the provider calls it. The same one is never counted twice.')
		),
		payer: v.optional(v.pipe(v.string(), v.description('Who sent it.'))),
		amount: Amount,
		currency: CurrencyText,
		received_on: Day('When it came.'),
		invoices: v.optional(For),
		others: v.optional(
			v.pipe(
				v.boolean(),
				v.description(
					'Whether what is left pays other open invoices, those due first at the top; yes by default. The rest is credit.'
				)
			)
		)
	}),
	v.metadata({ ref: 'PaymentInput' })
);

routes.post(
	'/payments',
	describe({
		id: 'recordPayment',
		summary: 'Record a payment',
		description:
			'Counts money that came in: towards the invoices named, then those due first; the rest becomes the customer’s credit. The customer gets a receipt.',
		scope: 'payments:write',
		takes: {
			'application/json': {
				schema: PaymentInput,
				example: {
					business: id,
					method: 'bank',
					reference: 'FT26325ABC',
					amount: '50000.00',
					currency: 'KES',
					received_on: '2026-11-20',
					invoices: [{ number: 'INV-2026-0387' }]
				}
			}
		},
		gives: { description: 'As it was counted.', schema: WirePayment, example: paymentExample },
		failures: ['invalid', 'not_found', 'payment_known', 'invoice_not_open', 'seller_unknown']
	}),
	integrator('payments:write'),
	(c) =>
		change(c, (scope, body) =>
			inFields(async () => {
				const input = parse(PaymentInput, body);
				const { number } = await recordPayment(scope, {
					businessId: input.business,
					method: input.method,
					reference: input.reference,
					payer: input.payer ?? null,
					amountMinor: moneyIn(input.amount, input.currency),
					currency: input.currency,
					receivedOn: input.received_on,
					invoices: forIn(input.invoices ?? [], input.currency),
					others: input.others
				});
				const payment = await readReceipt(scope, { businessId: input.business, number });
				return { value: paymentText(payment) };
			})
		)
);

const ReversalInput = v.pipe(
	v.strictObject({
		business: Business,
		reason: v.pipe(v.string(), v.description('Why; the customer reads it.')),
		reversed_on: v.optional(Day('When it went; today by default.'))
	}),
	v.metadata({ ref: 'ReversalInput' })
);

routes.post(
	'/payments/:number/reversal',
	describe({
		id: 'reversePayment',
		summary: 'Take a payment back',
		description:
			'It did not come after all, such as a cheque that bounced: what it paid is owed again, and credit that came of it is gone, also where it was used.',
		scope: 'payments:write',
		parameters: receipt,
		takes: {
			'application/json': {
				schema: ReversalInput,
				example: { business: id, reason: 'The cheque bounced' }
			}
		},
		gives: {
			description: 'As it is now.',
			schema: WirePayment,
			example: { ...paymentExample, reversed_on: '2026-11-24' }
		},
		failures: ['invalid', 'not_found', 'payment_reversed']
	}),
	integrator('payments:write'),
	(c) =>
		change(c, (scope, body) =>
			inFields(async () => {
				const { business: businessId, reason, reversed_on } = parse(ReversalInput, body);
				const number = c.req.param('number') ?? '';
				await reversePayment(scope, {
					businessId,
					number,
					reason,
					...(reversed_on === undefined ? {} : { reversedOn: reversed_on })
				});
				return { value: paymentText(await readReceipt(scope, { businessId, number })) };
			})
		)
);

const RefundInput = v.pipe(
	v.strictObject({
		business: Business,
		method: Method,
		reference: v.pipe(v.string(), v.description('What the bank calls it.')),
		amount: Amount,
		currency: CurrencyText,
		paid_on: Day('When it went out.'),
		reason: v.string()
	}),
	v.metadata({ ref: 'RefundInput' })
);

routes.post(
	'/refunds',
	describe({
		id: 'refundCredit',
		summary: 'Note a refund',
		description: 'Notes that credit was paid back to a customer, never more than there is.',
		scope: 'payments:write',
		takes: {
			'application/json': {
				schema: RefundInput,
				example: {
					business: id,
					method: 'bank',
					reference: 'OUT26328',
					amount: '2411.00',
					currency: 'KES',
					paid_on: '2026-11-24',
					reason: 'Paid too much'
				}
			}
		},
		gives: {
			description: 'Noted.',
			schema: v.pipe(v.object({ id: v.string() }), v.metadata({ ref: 'Refund' })),
			example: { id: 'rfd_06ebk3w5q8x1y2z3a4b5c6d7e8' }
		},
		failures: ['invalid', 'refund_known', 'credit_too_small']
	}),
	integrator('payments:write'),
	(c) =>
		change(c, (scope, body) =>
			inFields(async () => {
				const { business: businessId, amount, paid_on, ...input } = parse(RefundInput, body);
				const value = await refundCredit(scope, {
					...input,
					businessId,
					amountMinor: moneyIn(amount, input.currency),
					paidOn: paid_on
				});
				return { value };
			})
		)
);

const CertificateInput = v.pipe(
	v.strictObject({
		business: Business,
		number: v.pipe(v.string(), v.description('Of the certificate.')),
		certified_on: Day('Its day.'),
		amount: Amount,
		currency: v.optional(CurrencyText),
		invoices: For
	}),
	v.metadata({ ref: 'CertificateInput' })
);

routes.post(
	'/withholding-certificates',
	describe({
		id: 'recordCertificate',
		summary: 'Record a certificate of withheld VAT',
		description:
			'Counts what a customer withheld and paid to the tax authority towards the invoices it is for, at most 2 % of what is taxed on each. Without amounts it is spread by that.',
		scope: 'payments:write',
		takes: {
			'application/json': {
				schema: CertificateInput,
				example: {
					business: id,
					number: 'KRAWHV0012345',
					certified_on: '2026-11-24',
					amount: '820.50',
					invoices: [{ number: 'INV-2026-0387' }]
				}
			}
		},
		gives: {
			description: 'What it settled.',
			schema: v.pipe(
				v.object({
					number: v.string(),
					invoices: v.array(v.object({ number: v.string(), amount: v.string() })),
					credit: v.pipe(v.string(), v.description('What the invoices did not ask for any more.'))
				}),
				v.metadata({ ref: 'Certificate' })
			),
			example: {
				number: 'KRAWHV0012345',
				invoices: [{ number: 'INV-2026-0387', amount: '820.50' }],
				credit: '0.00'
			}
		},
		failures: ['invalid', 'not_found', 'certificate_known', 'invoice_not_open']
	}),
	integrator('payments:write'),
	(c) =>
		change(c, (scope, body) =>
			inFields(async () => {
				const input = parse(CertificateInput, body);
				const { currency = 'KES', number } = input;
				const { allocations, creditMinor } = await recordCertificate(scope, {
					businessId: input.business,
					number,
					certifiedOn: input.certified_on,
					amountMinor: moneyIn(input.amount, currency),
					currency,
					invoices: forIn(input.invoices, currency)
				});
				return {
					value: {
						number,
						invoices: allocations.map((part) => ({
							number: part.number,
							amount: major(part.amountMinor, currency)
						})),
						credit: major(creditMinor, currency)
					}
				};
			})
		)
);

export const payments: Noun = {
	name: 'Payments',
	description: 'Money that came in and went out, and withheld VAT. For integrators.',
	routes
};
