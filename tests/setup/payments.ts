import { readBooks as readBillingBooks } from '#server/modules/billing/index.ts';
import type { Books } from '#server/modules/ledger/index.ts';
import { readBooks as readPaymentBooks, recordPayment } from '#server/modules/payments/index.ts';
import type { Scope, System } from '#server/platform/scope.ts';

/** A payment for one invoice and for nothing else. */
export async function payInvoice(
	scope: Scope,
	{ number, ...payment }: { number: string } & Parameters<typeof recordPayment>[1]
): Promise<{ id: string; settled: boolean }> {
	const { id, allocations } = await recordPayment(scope, {
		...payment,
		invoices: [{ number, amountMinor: payment.amountMinor }],
		others: false
	});
	return { id, settled: allocations.every(({ settled }) => settled) };
}

/** What all documents come to, from the modules that make them. */
export async function readBooks(
	scope: Scope<System>,
	input: { businessIds: string[] }
): Promise<Books> {
	const [billing, payments] = [
		await readBillingBooks(scope, input),
		await readPaymentBooks(scope, input)
	];
	return {
		claims: [...billing.claims, ...payments.claims],
		owed: [...billing.owed, ...payments.owed],
		apart: [...billing.apart, ...payments.apart]
	};
}
