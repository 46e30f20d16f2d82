import * as v from 'valibot';
import type {
	CreditNote,
	Invoice,
	InvoiceLine,
	InvoiceTotals,
	StoredDraft
} from '#server/modules/billing/index.ts';
import { lineMinor, major, taxClasses } from '#server/modules/rating/index.ts';
import { Invalid } from '#server/platform/errors.ts';

const Amount = (what: string) =>
	v.pipe(v.string(), v.description(`${what} In major units, with the currency’s decimals.`));

export const Party = v.object({
	name: v.string(),
	address: v.array(v.string()),
	tax_pin: v.nullable(v.string())
});

const Tax = v.object({
	class: v.picklist(taxClasses),
	rate: v.pipe(v.string(), v.description('Per cent.')),
	base: Amount('Before tax.'),
	tax: Amount('')
});

export const totals = {
	subtotal: Amount('Before tax, after discounts.'),
	taxes: v.pipe(v.array(Tax), v.description('One for each class.')),
	tax: Amount(''),
	total: Amount('')
};

const Line = v.object({
	position: v.pipe(v.number(), v.integer(), v.description('From 1; credit notes name it.')),
	kind: v.string(),
	description: v.string(),
	product: v.pipe(v.nullable(v.string()), v.description('The product’s id.')),
	meter: v.nullable(v.string()),
	period: v.pipe(
		v.nullable(v.object({ start: v.string(), end: v.string() })),
		v.description('What it pays for, half-open.')
	),
	quantity: v.nullable(v.string()),
	unit_amount: v.pipe(
		v.nullable(v.string()),
		v.description('May be finer than the currency; null where prices go by tiers.')
	),
	amount: Amount('Before discounts; before or with tax, as `tax_included` says.'),
	tax_class: v.picklist(taxClasses),
	tax_rate: v.string(),
	tax_included: v.boolean()
});

export const WireInvoice = v.pipe(
	v.object({
		number: v.string(),
		kind: v.picklist(['invoice', 'debit_note']),
		corrects: v.pipe(v.nullable(v.string()), v.description('Of a debit note: the invoice.')),
		status: v.pipe(
			v.picklist(['open', 'paid', 'void', 'uncollectible']),
			v.description(
				'Overdue is open with `due_on` in the past; partly paid is open with `settled` above nothing.'
			)
		),
		reason: v.pipe(v.nullable(v.string()), v.description('Why it is void or was given up.')),
		issued_on: v.string(),
		due_on: v.string(),
		reference: v.pipe(v.nullable(v.string()), v.description('The customer’s own.')),
		currency: v.string(),
		seller: Party,
		customer: Party,
		lines: v.array(Line),
		discounts: v.array(
			v.object({ label: v.string(), percent: v.nullable(v.string()), amount: Amount('Taken off.') })
		),
		...totals,
		settled: Amount('What payments, credit and the like come to.'),
		left: Amount('Still to pay.'),
		settlements: v.array(
			v.object({
				source: v.string(),
				reference: v.nullable(v.string()),
				amount: Amount('Less than nothing where it was taken back.'),
				on: v.string()
			})
		)
	}),
	v.metadata({ ref: 'Invoice' })
);

export const WireCreditNote = v.pipe(
	v.object({
		number: v.string(),
		invoice: v.pipe(v.string(), v.description('The invoice that it gives back of.')),
		issued_on: v.string(),
		reason: v.string(),
		reference: v.nullable(v.string()),
		currency: v.string(),
		seller: Party,
		customer: Party,
		lines: v.array(
			v.object({
				description: v.string(),
				product: v.nullable(v.string()),
				amount: Amount('Given back, before or with tax.'),
				tax_class: v.picklist(taxClasses),
				tax_rate: v.string(),
				tax_included: v.boolean()
			})
		),
		...totals,
		settled: Amount('What of it the invoice still asked for.'),
		credit: Amount('What became the customer’s credit.')
	}),
	v.metadata({ ref: 'CreditNote' })
);

export const WireDraft = v.pipe(
	v.object({
		id: v.string(),
		business: v.string(),
		version: v.pipe(v.number(), v.integer(), v.description('Rises with each change.')),
		kind: v.picklist(['invoice', 'debit_note']),
		corrects: v.nullable(v.string()),
		reference: v.nullable(v.string()),
		currency: v.string(),
		lines: v.array(
			v.object({
				kind: v.string(),
				description: v.string(),
				product: v.nullable(v.string()),
				quantity: v.string(),
				unit_amount: v.string(),
				amount: Amount('Before discounts.'),
				discount: Amount('What discounts take off it.'),
				tax_class: v.picklist(taxClasses),
				tax_included: v.boolean()
			})
		),
		...totals
	}),
	v.metadata({ ref: 'InvoiceDraft' })
);

export function totalsText(
	{ subtotalMinor, taxes, taxMinor, totalMinor }: InvoiceTotals,
	currency: string
) {
	const money = (minor: bigint) => major(minor, currency);
	return {
		subtotal: money(subtotalMinor),
		taxes: taxes.map(({ taxClass, rate, baseMinor, taxMinor: tax }) => ({
			class: taxClass,
			rate,
			base: money(baseMinor),
			tax: money(tax)
		})),
		tax: money(taxMinor),
		total: money(totalMinor)
	};
}

const party = ({ name, address, taxPin }: Invoice['seller']) => ({
	name,
	address,
	tax_pin: taxPin
});

export function invoiceText(invoice: Invoice): v.InferOutput<typeof WireInvoice> {
	const { currency } = invoice;
	const money = (minor: bigint) => major(minor, currency);
	return {
		number: invoice.number,
		kind: invoice.kind,
		corrects: invoice.corrects?.number ?? null,
		status: invoice.status,
		reason: invoice.reason,
		issued_on: invoice.issuedOn,
		due_on: invoice.dueOn,
		reference: invoice.customerReference,
		currency,
		seller: party(invoice.seller),
		customer: party(invoice.customer),
		lines: invoice.lines.map((line, index) => ({
			position: index + 1,
			...lineText(line, currency)
		})),
		discounts: invoice.discounts.map(({ label, percent, amountMinor }) => ({
			label,
			percent,
			amount: money(amountMinor)
		})),
		...totalsText(invoice.totals, currency),
		settled: money(invoice.paidMinor),
		left: money(invoice.status === 'open' ? invoice.totalMinor - invoice.paidMinor : 0n),
		settlements: invoice.settlements.map(({ source, reference, amountMinor, onDay }) => ({
			source,
			reference,
			amount: money(amountMinor),
			on: onDay
		}))
	};
}

function lineText(line: InvoiceLine, currency: string) {
	return {
		kind: line.kind,
		description: line.description,
		product: line.productId,
		meter: line.meter,
		period: line.period,
		quantity: line.quantity,
		unit_amount: line.unitMinor === null ? null : unitText(line.unitMinor, currency),
		amount: major(line.amountMinor, currency),
		tax_class: line.taxClass,
		tax_rate: line.taxRate,
		tax_included: line.taxIncluded
	};
}

/** A rate in minor units, which may be finer than one, in major ones: `90` of KES is `0.9`. */
function unitText(unitMinor: string, currency: string): string {
	const digits = major(0n, currency).split('.')[1]?.length ?? 0;
	const [whole = '0', fraction = ''] = unitMinor.replace('-', '').split('.');
	const padded = whole.padStart(digits + 1, '0');
	const behind = (padded.slice(padded.length - digits) + fraction).replace(/0+$/, '');
	const sign = unitMinor.startsWith('-') ? '-' : '';
	return `${sign}${padded.slice(0, padded.length - digits)}${behind && `.${behind}`}`;
}

export function creditNoteText(note: CreditNote): v.InferOutput<typeof WireCreditNote> {
	const { currency } = note;
	const money = (minor: bigint) => major(minor, currency);
	return {
		number: note.number,
		invoice: note.corrects.number,
		issued_on: note.issuedOn,
		reason: note.reason,
		reference: note.customerReference,
		currency,
		seller: party(note.seller),
		customer: party(note.customer),
		lines: note.lines.map((line) => ({
			description: line.description,
			product: line.productId,
			amount: money(line.amountMinor),
			tax_class: line.taxClass,
			tax_rate: line.taxRate,
			tax_included: line.taxIncluded
		})),
		...totalsText(note.totals, currency),
		settled: money(note.settledMinor),
		credit: money(note.totals.totalMinor - note.settledMinor)
	};
}

export function draftText(draft: StoredDraft): v.InferOutput<typeof WireDraft> {
	const { currency } = draft;
	return {
		id: draft.id,
		business: draft.businessId,
		version: draft.version,
		kind: draft.kind,
		corrects: draft.corrects,
		reference: draft.customerReference,
		currency,
		lines: draft.totals.lines.map((line, index) => ({
			kind: line.kind,
			description: line.description,
			product: line.productId ?? null,
			quantity: line.quantity ?? '1',
			unit_amount: draft.lines[index]?.unitAmount ?? '0',
			amount: major(line.amountMinor, currency),
			discount: major(line.discountMinor, currency),
			tax_class: line.taxClass,
			tax_included: line.taxIncluded
		})),
		...totalsText(draft.totals, currency)
	};
}

/**
 * An amount that a request brings, in minor units.
 * @throws Invalid with its field for what is no amount of the currency
 */
export function minorIn(amount: string, currency: string, path: string): bigint {
	const digits = major(0n, currency).split('.')[1]?.length ?? 0;
	const written = /^\d{1,15}(?:\.(\d+))?$/.exec(amount);
	if (!written || (written[1] ?? '').length > digits)
		throw new Invalid([
			{ path, message: `Write an amount of at most ${digits} decimals, as text.` }
		]);
	return lineMinor(amount, currency);
}
