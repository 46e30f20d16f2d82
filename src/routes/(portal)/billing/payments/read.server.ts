import {
	addUpPayments,
	listPayments,
	type PaymentSummary
} from '#server/modules/payments/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import type { Filters } from './filters.ts';

interface Piece {
	payments: PaymentSummary[];
	next: string | null;
}

/** So many are read at a time, and no more are ever held. */
const piece = 200;

/** A page of what fits, and what all of it comes to. */
export async function readPayments(scope: MemberScope, { input }: Filters, after: string | null) {
	const [sums, list] = await Promise.all([
		addUpPayments(scope, input),
		listPayments(scope, { ...input, ...(after === null ? {} : { after }) })
	]);
	return { sums, ...list };
}

/** All that fit, a piece at a time, each in a transaction of its own. */
export async function* allPayments(
	read: (work: (scope: MemberScope) => Promise<Piece>) => Promise<Piece>,
	{ input }: Filters
): AsyncGenerator<PaymentSummary[]> {
	for (let after: string | null | undefined; after !== null;) {
		const place: string | undefined = after;
		const { payments, next }: Piece = await read((scope) =>
			listPayments(scope, {
				...input,
				limit: piece,
				...(place === undefined ? {} : { after: place })
			})
		);
		yield payments;
		after = next;
	}
}
