import type {
	CreditNote,
	Invoice,
	InvoiceLine,
	PayTo,
	Signature
} from '#server/modules/billing/index.ts';
import { addUp, taxRates } from '#server/modules/rating/index.ts';

/** A line as it is read back, of what a test says of it. */
export function paperLine(changed: Partial<InvoiceLine> = {}): InvoiceLine {
	const taxClass = changed.taxClass ?? 'standard';
	return {
		kind: 'plan',
		productId: null,
		meter: null,
		description: 'ERP System, Business plan',
		period: { start: '2026-11-01', end: '2026-12-01' },
		quantity: '1',
		unitMinor: '1850000',
		amountMinor: 1_850_000n,
		taxClass,
		taxRate: taxRates[taxClass],
		taxIncluded: false,
		steps: [],
		...changed
	};
}

/** Added up as billing does: what has its tax in it apart from the rest. */
function totalsOf(lines: InvoiceLine[], discountMinor = 0n): Invoice['totals'] {
	const parts = [false, true].map((included) =>
		addUp(
			lines
				.filter(({ taxIncluded }) => taxIncluded === included)
				.map(({ amountMinor, taxClass, taxRate }, place) => ({
					amountMinor: place === 0 && !included ? amountMinor - discountMinor : amountMinor,
					taxClass,
					taxRate
				})),
			included ? 'inclusive' : 'exclusive'
		)
	);
	const sum = (of: 'subtotalMinor' | 'taxMinor' | 'totalMinor'): bigint =>
		parts.reduce((all, part) => all + part[of], 0n);
	const taxes = Map.groupBy(
		parts.flatMap((part) => part.taxes),
		({ taxClass = 'standard' }) => taxClass
	);
	return {
		subtotalMinor: sum('subtotalMinor'),
		taxMinor: sum('taxMinor'),
		totalMinor: sum('totalMinor'),
		taxes: [...taxes].map(([taxClass, of]) => ({
			taxClass,
			rate: taxRates[taxClass],
			baseMinor: of.reduce((all, { baseMinor }) => all + baseMinor, 0n),
			taxMinor: of.reduce((all, { taxMinor }) => all + taxMinor, 0n)
		}))
	};
}

const seller = { name: 'Lixnet Ltd', address: ['Westlands', 'Nairobi'], taxPin: 'P051930264T' };
const customer = { name: 'Mavuno Traders Ltd', address: ['Nakuru'], taxPin: 'P051230001A' };

export const simulatedSignature: Extract<Signature, { status: 'signed' }> = {
	status: 'signed',
	serial: 'SIMULATOR-0001',
	number: 'SIMULATOR-0001/387',
	internalData: 'Z2JH3V7QK4M6T5S8W9X2Y3Z4A5',
	signature: 'K7M2Q4T6V8X3Z5B9',
	signedAt: new Date('2026-11-01T06:00:07Z'),
	code: 'Simulator. Not signed by the tax authority. INV-2026-0387',
	simulated: true
};

/** Where to pay: two accounts that take shillings, one that takes dollars alone. */
export const paperAccounts: PayTo[] = [
	{
		bank: 'Test Bank',
		branch: 'Westlands',
		holder: 'Lixnet Ltd',
		accountNumber: '0110 2233 4455',
		currency: 'KES',
		swift: 'TESTKENA'
	},
	{
		bank: 'Dollar Bank',
		branch: null,
		holder: 'Lixnet Ltd',
		accountNumber: '5566 0001',
		currency: 'USD',
		swift: null
	},
	{
		bank: 'Other Bank',
		branch: null,
		holder: 'Lixnet Ltd',
		accountNumber: '7788 9900',
		currency: null,
		swift: null
	}
];

/** An open invoice of three lines. */
export function paperInvoice(changed: Partial<Invoice> = {}): Invoice {
	const lines = changed.lines ?? [
		paperLine(),
		paperLine({
			kind: 'usage',
			description: 'SMS',
			quantity: '4350.5',
			unitMinor: '90.5',
			amountMinor: 393_720n
		}),
		paperLine({
			kind: 'other',
			description: 'Training',
			period: null,
			amountMinor: 500_000n,
			taxClass: 'zero'
		})
	];
	const discounts = changed.discounts ?? [];
	const totals = totalsOf(
		lines,
		discounts.reduce((all, { amountMinor }) => all + amountMinor, 0n)
	);
	return {
		id: 'inv_1',
		number: 'INV-2026-0387',
		kind: 'invoice',
		corrects: null,
		customerReference: null,
		status: 'open',
		issuedOn: '2026-11-01',
		dueOn: '2026-11-30',
		issuedAt: new Date('2026-11-01T06:00:00Z'),
		reason: null,
		currency: 'KES',
		totalMinor: totals.totalMinor,
		paidMinor: 0n,
		paidOn: null,
		seller,
		customer,
		lines,
		discounts,
		totals,
		settlements: [],
		signature: null,
		...changed
	};
}

/** An invoice on which everything stands that can stand on one. */
export function fullInvoice(changed: Partial<Invoice> = {}): Invoice {
	return paperInvoice({
		customerReference: 'PO-4471',
		lines: [
			paperLine(),
			paperLine({
				kind: 'usage',
				description: 'eTIMS invoices',
				quantity: '1250',
				unitMinor: null,
				amountMinor: 312_500n,
				steps: [
					tier(1, '1000', '2.5', '2500'),
					{ ...tier(2, '250', '2', '625'), flatAmount: '125' }
				]
			}),
			paperLine({
				kind: 'other',
				description: 'Fuel for the generator',
				period: null,
				amountMinor: 108_000n,
				unitMinor: '108000',
				taxClass: 'reduced',
				taxIncluded: true
			}),
			paperLine({ kind: 'other', description: 'Export of services', taxClass: 'zero' }),
			paperLine({ kind: 'other', description: 'Training', taxClass: 'exempt' })
		],
		discounts: [
			{ label: 'Karibu', percent: '10', amountMinor: 185_000n },
			{ label: 'Loyal customer', percent: null, amountMinor: 10_000n }
		],
		paidMinor: 2_000_000n,
		settlements: [
			{
				source: 'payment',
				method: 'mpesa',
				reference: 'SKL7X2M4QP',
				amountMinor: 1_500_000n,
				onDay: '2026-11-20'
			},
			{
				source: 'credit_note',
				method: null,
				reference: 'CRN-2026-0012',
				amountMinor: 400_000n,
				onDay: '2026-11-21'
			},
			{
				source: 'withholding',
				method: null,
				reference: null,
				amountMinor: 100_000n,
				onDay: '2026-11-22'
			}
		],
		signature: simulatedSignature,
		...changed
	});
}

function tier(number: number, quantity: string, unitAmount: string, amount: string) {
	return {
		kind: 'units' as const,
		tier: number,
		from: null,
		upTo: null,
		quantity,
		unitAmount,
		flatAmount: '0',
		ratePercent: null,
		amount
	};
}

/** Half of an invoice given back: part of it off the invoice, the rest to the customer's credit. */
export function paperNote(changed: Partial<CreditNote> = {}): CreditNote {
	const lines = changed.lines ?? [
		paperLine({
			kind: 'credit',
			period: null,
			quantity: null,
			unitMinor: null,
			amountMinor: 925_000n
		})
	];
	return {
		id: 'crn_1',
		number: 'CRN-2026-0012',
		corrects: {
			number: 'INV-2026-0387',
			issuedOn: '2026-11-01',
			unitNumber: 'SIMULATOR-0001/387'
		},
		issuedOn: '2026-11-21',
		issuedAt: new Date('2026-11-21T06:00:00Z'),
		reason: 'Half of the month was without service',
		currency: 'KES',
		customerReference: null,
		seller,
		customer,
		lines,
		totals: totalsOf(lines),
		settledMinor: 400_000n,
		signature: simulatedSignature,
		...changed
	};
}
