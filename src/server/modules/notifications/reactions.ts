import { on } from '../../platform/jobs.ts';
import { tell } from './channels.ts';
import { notify } from './notifications.ts';
import { ifMember, whoMay } from './recipients.ts';
// For the types of the events that they react to.
import type {} from '../billing/index.ts';
import type {} from '../launch/index.ts';
import type {} from '../support/index.ts';

on('invoice.issued', 'notifications.invoice-issued', async (scope, event) => {
	const { number, totalMinor, currency, dueOn } = event.data;
	await notify(scope, {
		businessId: event.businessId,
		personIds: await whoMay(scope, event.businessId, 'billing.read'),
		key: event.id,
		kind: 'invoice_issued',
		params: { number, amountMinor: totalMinor, currency, dueOn },
		at: event.occurredAt
	});
});

on('ticket.answered', 'notifications.ticket-answered', async (scope, event) => {
	if (event.data.side !== 'staff') return;
	await notify(scope, {
		businessId: event.businessId,
		personIds: await ifMember(scope, event.businessId, event.data.openedBy),
		key: event.id,
		kind: 'ticket_answered',
		params: { number: event.data.number, subject: event.data.subject, by: event.actor.name },
		at: event.occurredAt
	});
});

on('access.granted', 'notifications.access-granted', async (scope, event) => {
	const { personId, productId, product } = event.data;
	if (event.actor.id === personId) return;
	const by = event.actor.kind === 'member' ? event.actor.name : null;
	await tell(scope, {
		businessId: event.businessId,
		productId,
		topic: 'access',
		personIds: [personId],
		key: event.id,
		kind: 'access_granted',
		params: { product, ...(by ? { by } : {}) },
		at: event.occurredAt,
		letter: {
			subject: `You can open ${product}`,
			text: `${by ?? 'The vendor'} has given you access to ${product}. Open it from the portal:`,
			path: '/'
		}
	});
});
