import { withSystem } from '../../platform/doors.ts';
import { defineJob, enqueue, on } from '../../platform/jobs.ts';
import { closeAlone, closeDue } from './run.ts';
import { noteClosed, readClosingSettings } from './settings.ts';

defineJob({
	name: 'closing.due',
	// Days begin at another moment in each zone, and some zones are half an hour apart.
	cron: '* * * * *',
	opensOwnDoors: true,
	async work() {
		await closeDue();
	}
});

/** What somebody changed is billed at once, and not at the next look around. */
const closeBusiness = defineJob<{ businessId: string }>({
	name: 'closing.business',
	opensOwnDoors: true,
	async work({ businessId }) {
		const { heldAt, graceHours } = await withSystem('closing.business', (scope) =>
			readClosingSettings(scope, {})
		);
		if (heldAt !== null) return;
		const closed = await closeAlone({ businessId, graceHours });
		if (closed && closed.subscriptions > 0)
			await withSystem('closing.business', noteClosed, { unseen: true });
	}
});

on('subscription.started', 'closing.started', (scope, { businessId }) =>
	enqueue(scope, closeBusiness, { businessId })
);
on('subscription.changed', 'closing.changed', (scope, { businessId }) =>
	enqueue(scope, closeBusiness, { businessId })
);
on('closing.asked', 'closing.asked', (scope, { businessId }) =>
	enqueue(scope, closeBusiness, { businessId })
);
on('subscription.updated', 'closing.updated', (scope, { businessId }) =>
	enqueue(scope, closeBusiness, { businessId })
);
