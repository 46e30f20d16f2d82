/** An invoice that still asks for something. */
export interface OpenInvoice {
	id: string;
	dueOn: string;
	/** Its place in the series: of those due on the same day the earlier comes first. */
	sequence: number;
	/** Minor units that are left to pay; more than nothing. */
	leftMinor: bigint;
}

/** An invoice that a payment is for; without an amount, with whatever it asks for. */
export interface Named {
	invoiceId: string;
	amountMinor?: bigint;
}

export interface Allocation {
	invoiceId: string;
	amountMinor: bigint;
}

/**
 * What money counts towards: first the invoices that are named, in their order; then the others, those due
 * first at the top; what is left is the customer's credit. Exact: the parts and the rest are the amount, and
 * no invoice gets more than it asks for. All of one currency, in its minor units.
 *
 * @param others whether invoices that are not named are paid too
 */
export function allocateMoney(
	amountMinor: bigint,
	open: readonly OpenInvoice[],
	named: readonly Named[] = [],
	others = true
): { allocations: Allocation[]; restMinor: bigint } {
	const left = new Map(open.map(({ id, leftMinor }) => [id, leftMinor]));
	const given = new Map<string, bigint>();
	let restMinor = amountMinor;
	const give = (invoiceId: string, atMost: bigint) => {
		const part = smallest(restMinor, left.get(invoiceId) ?? 0n, atMost);
		if (part <= 0n) return;
		restMinor -= part;
		left.set(invoiceId, (left.get(invoiceId) ?? 0n) - part);
		given.set(invoiceId, (given.get(invoiceId) ?? 0n) + part);
	};
	for (const { invoiceId, amountMinor: atMost = restMinor } of named) give(invoiceId, atMost);
	if (others) for (const { id } of open.toSorted(byDue)) give(id, restMinor);
	return {
		allocations: [...given].map(([invoiceId, part]) => ({ invoiceId, amountMinor: part })),
		restMinor
	};
}

function byDue(one: OpenInvoice, other: OpenInvoice): number {
	if (one.dueOn !== other.dueOn) return one.dueOn < other.dueOn ? -1 : 1;
	return one.sequence - other.sequence;
}

function smallest(first: bigint, ...more: bigint[]): bigint {
	return more.reduce((least, one) => (one < least ? one : least), first);
}
