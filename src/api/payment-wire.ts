import * as v from 'valibot';
import { Invalid } from '#server/platform/errors.ts';
import { Currency, major, minorDigits } from '#server/modules/rating/index.ts';
import { methods, type Receipt } from '#server/modules/payments/index.ts';
import { parse } from '#server/platform/usecase.ts';

const Text = (what: string) => v.pipe(v.string(), v.description(what));
const Day = (what: string) =>
	v.pipe(v.string(), v.metadata({ format: 'date' }), v.description(what));

export const Business = Text('The id of the business.');
export const Amount = Text('In major units, as text.');
export const CurrencyText = Text('By its three letters (ISO 4217).');
export const Method = v.pipe(v.picklist(methods), v.description('How the money came or went.'));

/** What money is for, as it stands in a request. */
export const For = v.pipe(
	v.array(
		v.strictObject({
			number: Text('The number of an invoice.'),
			amount: v.optional(
				Text('At most so much of it, in major units; by default what it asks for.')
			)
		})
	),
	v.description('In this order.')
);

export const WirePayment = v.pipe(
	v.object({
		number: Text('Of the receipt.'),
		method: Method,
		reference: Text('What the bank or the provider calls it.'),
		payer: v.nullable(v.string()),
		received_on: Day('When it came.'),
		currency: v.string(),
		amount: Amount,
		invoices: v.pipe(
			v.array(v.object({ number: v.string(), amount: v.string() })),
			v.description('What it paid when it came.')
		),
		credit: Text('What of it became the customer’s credit.'),
		reversed_on: v.pipe(
			v.nullable(v.string()),
			v.description('When it turned out not to have come; null while it stands.')
		)
	}),
	v.metadata({ ref: 'Payment' })
);

/** Shown in the documents. */
export const paymentExample: v.InferOutput<typeof WirePayment> = {
	number: 'RCT-2026-0012',
	method: 'bank',
	reference: 'FT26325ABC',
	payer: null,
	received_on: '2026-11-20',
	currency: 'KES',
	amount: '50000.00',
	invoices: [{ number: 'INV-2026-0387', amount: '47589.00' }],
	credit: '2411.00',
	reversed_on: null
};

export function paymentText(
	payment: Omit<Receipt, 'seller' | 'customer' | 'reversalReason'>
): v.InferOutput<typeof WirePayment> {
	const { currency } = payment;
	return {
		number: payment.number,
		method: payment.method,
		reference: payment.reference,
		payer: payment.payer,
		received_on: payment.receivedOn,
		currency,
		amount: major(payment.amountMinor, currency),
		invoices: payment.allocations.map(({ invoiceNumber, amountMinor }) => ({
			number: invoiceNumber,
			amount: major(amountMinor, currency)
		})),
		credit: major(payment.creditMinor, currency),
		reversed_on: payment.reversedOn
	};
}

/** @throws Invalid for what is no amount of the currency, and for what is no currency */
export function moneyIn(amount: string, currency: string, path = 'amount'): bigint {
	parse(v.object({ currency: Currency }), { currency });
	const digits = minorDigits(currency);
	const [, whole, fraction = ''] = /^(\d{1,15})(?:\.(\d+))?$/.exec(amount) ?? [];
	if (whole === undefined || fraction.length > digits)
		throw new Invalid([
			{ path, message: `Write an amount of at most ${digits} decimals, as text.` }
		]);
	return BigInt(whole + fraction.padEnd(digits, '0'));
}

export function forIn(
	invoices: v.InferOutput<typeof For>,
	currency: string
): { number: string; amountMinor?: bigint }[] {
	return invoices.map(({ number, amount }, index) => ({
		number,
		...(amount === undefined
			? {}
			: { amountMinor: moneyIn(amount, currency, `invoices.${index}.amount`) })
	}));
}

const names: Record<string, string> = {
	businessId: 'business',
	amountMinor: 'amount',
	receivedOn: 'received_on',
	reversedOn: 'reversed_on',
	paidOn: 'paid_on',
	certifiedOn: 'certified_on'
};

/** Faults say the field by its name in the request. */
export async function inFields<R>(work: () => Promise<R>): Promise<R> {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof Invalid)) throw error;
		throw new Invalid(
			error.issues.map((issue) => ({
				...issue,
				path: issue.path
					.split('.')
					.map((step) => names[step] ?? step)
					.join('.')
			}))
		);
	}
}
