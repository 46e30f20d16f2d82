import { defineJob, enqueue, on } from '../../platform/jobs.ts';
import { followInvoice } from './follow.ts';
import { liftRestrictions, listRestrictedBusinesses } from './restrictions.ts';
import { listDue } from './standing.ts';

const follow = defineJob<{ businessId: string; invoiceId: string }>({
	name: 'dunning.follow',
	async work(scope, invoice) {
		await followInvoice(scope, invoice);
	}
});

const lift = defineJob<{ businessId: string }>({
	name: 'dunning.lift',
	async work(scope, business) {
		await liftRestrictions(scope, business);
	}
});

/** Each invoice is followed in a transaction of its own; asked for twice, the second finds nothing to do. */
defineJob({
	name: 'dunning.look',
	// Every hour: somewhere it is morning.
	cron: '3 * * * *',
	async work(scope) {
		for (const invoice of await listDue(scope)) await enqueue(scope, follow, invoice);
		// Whatever told of it, or did not.
		for (const businessId of await listRestrictedBusinesses(scope))
			await enqueue(scope, lift, { businessId });
	}
});

on('invoice.settled', 'dunning.invoice-settled', (scope, { businessId }) =>
	liftRestrictions(scope, { businessId })
);
on('invoice.voided', 'dunning.invoice-voided', (scope, { businessId }) =>
	liftRestrictions(scope, { businessId })
);
on('invoice.written_off', 'dunning.invoice-written-off', (scope, { businessId }) =>
	liftRestrictions(scope, { businessId })
);
