import type { DomainEvent } from '../../platform/events.ts';
import { on } from '../../platform/jobs.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { listPersons } from '../identity/index.ts';
import { writeEntries, type ActivityKind, type NewEntry } from './entries.ts';
// For the types of the events that they tell.
import type {} from '../billing/index.ts';
import type {} from '../businesses/index.ts';
import type {} from '../launch/index.ts';
import type {} from '../support/index.ts';

async function keep(
	scope: Scope<System>,
	event: DomainEvent,
	kind: ActivityKind,
	entry: Partial<Pick<NewEntry, 'person' | 'productId' | 'params'>> = {}
): Promise<void> {
	const { actor } = event;
	await writeEntries(scope, event.businessId, [
		{
			key: event.id,
			kind,
			at: event.occurredAt,
			person:
				actor.kind === 'member' || actor.kind === 'staff'
					? { id: actor.id, name: actor.name }
					: { id: null, name: null },
			productId: null,
			...entry
		}
	]);
}

/** Whom an event speaks of, where that is not who told it. */
async function person(scope: Scope<System>, id: string): Promise<NewEntry['person']> {
	const [found] = await listPersons(scope, { ids: [id] });
	return { id: found?.id ?? null, name: found?.name ?? null };
}

on('product.launched', 'activity.launched', (scope, event) =>
	keep(scope, event, 'launched', {
		productId: event.data.productId,
		params: { place: event.data.place }
	})
);

on('session.started', 'activity.signed-in', async (scope, event) =>
	keep(scope, event, 'signed_in', { person: await person(scope, event.data.personId) })
);

on('member.added', 'activity.member-added', async (scope, event) =>
	keep(scope, event, 'member_added', {
		person: await person(scope, event.data.personId),
		params: { role: event.data.role }
	})
);

on('access.requested', 'activity.access-requested', (scope, event) =>
	keep(scope, event, 'access_requested', { productId: event.data.productId })
);

// What a job or the story gives is no news of anybody's.
on('access.granted', 'activity.access-granted', async (scope, event) => {
	if (event.actor.kind !== 'member') return;
	const { productId, personId } = event.data;
	const { name } = await person(scope, personId);
	await keep(scope, event, 'access_granted', { productId, params: { person: name } });
});

on('access.removed', 'activity.access-removed', async (scope, event) => {
	if (event.actor.kind !== 'member') return;
	const { productId, personId } = event.data;
	const { name } = await person(scope, personId);
	await keep(scope, event, 'access_removed', { productId, params: { person: name } });
});

on('export.asked', 'activity.export-asked', (scope, event) =>
	keep(scope, event, 'export_asked', {
		productId: event.data.productId,
		params: { name: event.data.name }
	})
);

on('export.reported', 'activity.export-reported', async (scope, event) => {
	const { productId, name, status } = event.data;
	if (status !== 'preparing')
		await keep(scope, event, 'export_reported', { productId, params: { name, status } });
});

on('product.settings-changed', 'activity.settings-changed', (scope, event) =>
	keep(scope, event, 'settings_changed', {
		productId: event.data.productId,
		params: { what: event.data.what }
	})
);

on('product.signed-out', 'activity.signed-out', (scope, event) =>
	keep(scope, event, 'signed_out', { productId: event.data.productId })
);

on('trial.started', 'activity.trial-started', async (scope, event) =>
	keep(scope, event, 'trial_started', {
		productId: event.data.productId,
		person: await person(scope, event.data.personId)
	})
);

on('ticket.opened', 'activity.ticket-opened', (scope, event) =>
	keep(scope, event, 'ticket_opened', {
		params: { number: event.data.number, subject: event.data.subject, side: 'member' }
	})
);

on('ticket.answered', 'activity.ticket-answered', (scope, event) =>
	keep(scope, event, 'ticket_answered', {
		params: { number: event.data.number, subject: event.data.subject, side: event.data.side }
	})
);

on('ticket.closed', 'activity.ticket-closed', (scope, event) =>
	keep(scope, event, 'ticket_closed', {
		params: {
			number: event.data.number,
			subject: event.data.subject,
			side: event.actor.kind === 'staff' ? 'staff' : 'member'
		}
	})
);

on('invoice.issued', 'activity.invoice-issued', (scope, event) =>
	keep(scope, event, 'invoice_issued', {
		params: {
			number: event.data.number,
			amountMinor: event.data.totalMinor,
			currency: event.data.currency
		}
	})
);

on('payment.received', 'activity.payment-received', (scope, event) =>
	keep(scope, event, 'payment_received', {
		params: {
			number: event.data.number,
			amountMinor: event.data.amountMinor,
			currency: event.data.currency
		}
	})
);
