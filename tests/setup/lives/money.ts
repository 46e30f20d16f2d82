import {
	issueCreditNote,
	issueInvoices,
	voidInvoice,
	writeOffInvoice,
	type DraftLine,
	type InvoiceDraft
} from '#server/modules/billing/index.ts';
import {
	readCredit,
	recordCertificate,
	recordPayment,
	refundCredit,
	reversePayment
} from '#server/modules/payments/index.ts';
import type { DB } from '#server/platform/tables.ts';
import { withSystem } from '#server/platform/doors.ts';
import { Expected } from '#server/platform/errors.ts';
import type { Scope, System } from '#server/platform/scope.ts';
import type { Kysely } from 'kysely';
import type { Chance } from './chance.ts';
import { addDays } from './days.ts';
import type { Life } from './life.ts';

/** How often each was done, and how often it was refused in words. */
export const tally = new Map<string, { done: number; refused: number }>();

export const moves = [
	'pay',
	'pay',
	'pay-several',
	'overpay',
	'reverse',
	'refund',
	'withhold',
	'note-whole',
	'note-part',
	'note-line',
	'invoice',
	'debit-note',
	'void',
	'write-off'
] as const;
type Move = (typeof moves)[number];

let references = 0;

/** What an accountant of the vendor does for a customer, on the vendor's day. */
export async function moveMoney(
	db: Kysely<DB>,
	life: Life,
	chance: Chance,
	today: string
): Promise<void> {
	const move = chance.pick(moves);
	const counts = tally.get(move) ?? { done: 0, refused: 0 };
	tally.set(move, counts);
	try {
		const done = await withSystem('test', (scope) => work(scope, db, life, chance, today, move));
		if (!done) return;
		counts.done += 1;
		life.done.push(`${today} ${move}`);
	} catch (error) {
		if (!(error instanceof Expected) || error.status === 500) throw error;
		counts.refused += 1;
	}
}

async function work(
	scope: Scope<System>,
	db: Kysely<DB>,
	life: Life,
	chance: Chance,
	today: string,
	move: Move
): Promise<boolean> {
	const { businessId } = life;
	const invoices = await db
		.selectFrom('billing.invoices as i')
		.select(['i.id', 'i.number', 'i.status', 'i.total_minor', 'i.paid_minor', 'i.issued_on'])
		.select(({ exists, selectFrom }) =>
			exists(
				selectFrom('billing.invoice_lines as l')
					.select('l.position')
					.whereRef('l.business_id', '=', 'i.business_id')
					.whereRef('l.invoice_id', '=', 'i.id')
					.where('l.subscription_id', 'is not', null)
			).as('ofSubscription')
		)
		.where('i.business_id', '=', businessId)
		.orderBy('i.id')
		.execute();
	const open = invoices.filter(({ status }) => status === 'open');
	const one = invoices.length > 0 ? chance.pick(invoices) : undefined;
	const oneOpen = open.length > 0 ? chance.pick(open) : undefined;
	const left = oneOpen ? oneOpen.total_minor - oneOpen.paid_minor : 0n;
	const share = (amount: bigint): bigint => (amount * BigInt(chance.whole(1, 99))) / 100n || 1n;
	// In a plain life nothing that a subscription asks for is given back or given up by hand.
	const mayUndo = (invoice: { ofSubscription: unknown }) => !life.plain || !invoice.ofSubscription;
	const day = (issuedOn: string): string => (issuedOn > today ? issuedOn : today);
	const money = {
		businessId,
		method: chance.pick(['bank', 'cash', 'mpesa'] as const),
		reference: `R${++references}`,
		currency: 'KES',
		receivedOn: addDays(today, -chance.whole(0, 3))
	};
	if (move === 'pay' || move === 'overpay') {
		if (!oneOpen) return false;
		const amountMinor =
			move === 'overpay'
				? left + BigInt(chance.whole(1, 500_000))
				: chance.happens(0.5)
					? left
					: share(left);
		await recordPayment(scope, {
			...money,
			amountMinor,
			invoices: [{ number: oneOpen.number }],
			others: chance.happens(0.5)
		});
	} else if (move === 'pay-several') {
		if (open.length < 2) return false;
		await recordPayment(scope, {
			...money,
			amountMinor: open.reduce((sum, { total_minor }) => sum + total_minor, 0n),
			invoices: open.slice(0, 2).map(({ number, total_minor, paid_minor }) => ({
				number,
				amountMinor: share(total_minor - paid_minor)
			})),
			others: chance.happens(0.3)
		});
	} else if (move === 'reverse') {
		const payments = await db
			.selectFrom('payments.payments')
			.select('number')
			.where('business_id', '=', businessId)
			.where('reversed_on', 'is', null)
			.orderBy('id')
			.execute();
		if (payments.length === 0) return false;
		await reversePayment(scope, {
			businessId,
			number: chance.pick(payments).number,
			reason: 'It bounced.'
		});
	} else if (move === 'refund') {
		const [credit] = await readCredit(scope, { businessId });
		if (!credit || credit.amountMinor <= 0n) return false;
		await refundCredit(scope, {
			businessId,
			method: 'bank',
			reference: `B${++references}`,
			// Now and then more than they have.
			amountMinor: chance.happens(0.2) ? credit.amountMinor + 1n : share(credit.amountMinor),
			currency: 'KES',
			paidOn: today,
			reason: 'They asked for it.'
		});
	} else if (move === 'withhold') {
		if (!one) return false;
		await recordCertificate(scope, {
			businessId,
			number: `W${++references}`,
			certifiedOn: today,
			amountMinor: one.total_minor / 100n || 1n,
			invoices: [{ number: one.number }]
		});
	} else if (move.startsWith('note-')) {
		if (!one || !mayUndo(one)) return false;
		const lines = await db
			.selectFrom('billing.invoice_lines')
			.select(['position', 'amount_minor', 'discount_minor', 'credited_minor'])
			.where('business_id', '=', businessId)
			.where('invoice_id', '=', one.id)
			.orderBy('position')
			.execute();
		const line = chance.pick(lines);
		const rest = line.amount_minor - line.discount_minor - line.credited_minor;
		await issueCreditNote(scope, {
			businessId,
			number: one.number,
			issuedOn: day(one.issued_on),
			reason: 'A mistake.',
			what:
				move === 'note-whole'
					? { whole: true }
					: move === 'note-part'
						? { amountMinor: share(one.total_minor) }
						: {
								lines: [
									// Now and then more than there is.
									{
										position: line.position,
										amountMinor: chance.happens(0.2) ? rest + 1n : share(rest)
									}
								]
							}
		});
	} else if (move === 'invoice' || move === 'debit-note') {
		if (move === 'debit-note' && !one) return false;
		await issueInvoices(scope, [
			{
				businessId,
				issuedOn: today,
				dueOn: addDays(today, 14),
				currency: 'KES',
				lines: Array.from({ length: chance.whole(1, 4) }, () => handLine(chance)),
				...(move === 'debit-note' && one
					? { kind: 'debit_note' as const, correctsInvoiceId: one.id }
					: handDiscounts(chance))
			}
		]);
	} else if (move === 'void' || move === 'write-off') {
		if (!oneOpen || !mayUndo(oneOpen)) return false;
		await (move === 'void' ? voidInvoice : writeOffInvoice)(scope, {
			businessId,
			number: oneOpen.number,
			onDay: day(oneOpen.issued_on),
			reason: 'It was a mistake.'
		});
	}
	return true;
}

function handLine(chance: Chance): DraftLine {
	const amountMinor = BigInt(chance.whole(1, 3_000_000));
	return {
		kind: 'other',
		description: 'Training',
		quantity: null,
		unitMinor: null,
		exactAmount: `${amountMinor / 100n}.${String(amountMinor % 100n).padStart(2, '0')}`,
		amountMinor,
		taxClass: chance.pick(['standard', 'reduced', 'zero', 'exempt'] as const),
		taxIncluded: chance.happens(0.5)
	};
}

function handDiscounts(chance: Chance): Pick<InvoiceDraft, 'discounts'> {
	if (chance.happens(0.5)) return {};
	return {
		discounts: chance.happens(0.5)
			? [{ label: 'A good customer', percent: '12.5' }]
			: [{ label: 'A good customer', amountMinor: BigInt(chance.whole(1, 5_000_000)) }]
	};
}
