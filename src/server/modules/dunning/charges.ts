import { on } from '../../platform/jobs.ts';
import { announce } from '../../platform/live.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { findInvoiceNumber, type UnpaidInvoice } from '../billing/index.ts';
import { askForPayment } from '../payments/index.ts';
import type { Outcome } from './records.ts';

/**
 * Asks for the money of an unpaid invoice by whatever provider is set up, once for a step. A job of `payments`
 * talks to it, after the commit; what comes of it is heard below.
 */
export async function charge(
	scope: Scope<System>,
	{ businessId, id, number, currency }: UnpaidInvoice,
	step: string
): Promise<{ outcome: Outcome; note?: string }> {
	const attempt = await askForPayment(scope, {
		businessId,
		key: `dunning ${id} ${step}`,
		currency,
		invoices: [number]
	});
	return attempt ? { outcome: 'asked' } : { outcome: 'nothing', note: 'no_way_to_charge' };
}

on('payment.failed', 'dunning.charge-failed', async (scope, { businessId, data }) => {
	await close(scope, businessId, data.invoiceNumbers, { outcome: 'failed', note: data.message });
});

on('payment.received', 'dunning.charge-paid', async (scope, { businessId, data }) => {
	const settled = data.allocations.filter((each) => each.settled).map(({ number }) => number);
	await close(scope, businessId, settled, { outcome: 'paid', note: data.reference });
});

/** Says what came of the money that was asked for. */
async function close(
	scope: Scope<System>,
	businessId: string,
	numbers: readonly string[],
	{ outcome, note }: { outcome: Outcome; note: string }
): Promise<void> {
	const asked = await scope.db
		.selectFrom('dunning.steps')
		.select('invoice_id')
		.where('business_id', '=', businessId)
		.where('outcome', '=', 'asked')
		.execute();
	for (const { invoice_id: invoiceId } of asked) {
		const found = await findInvoiceNumber(scope, { businessId, invoiceId });
		if (!found || !numbers.includes(found.number)) continue;
		await scope.db
			.updateTable('dunning.steps')
			.set({ outcome, note })
			.where('business_id', '=', businessId)
			.where('invoice_id', '=', invoiceId)
			.where('outcome', '=', 'asked')
			.execute();
		await announce(scope, businessId, 'billing');
	}
}
