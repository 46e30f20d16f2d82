import { on } from '../../platform/jobs.ts';
import type { Scope } from '../../platform/scope.ts';
import { listProducts } from '../catalogue/index.ts';
import { tell } from './channels.ts';
import { notify } from './notifications.ts';
import { ifMember, whoMay } from './recipients.ts';
// For the types of the events that they react to.
import type {} from '../launch/index.ts';
import type {} from '../support/index.ts';

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
	const { personId, productId, product, requestId } = event.data;
	// Who asked for it is told so by the answer.
	if (event.actor.id === personId || requestId !== null) return;
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

on('access.requested', 'notifications.access-requested', async (scope, event) => {
	const { personId, productId, product, note } = event.data;
	const leaders = await whoMay(scope, event.businessId, 'launch.access-manage');
	const by = event.actor.name;
	const path = `${await pageOf(scope, productId)}#requests`;
	await tell(scope, {
		businessId: event.businessId,
		productId,
		topic: 'access',
		personIds: leaders.filter((leader) => leader !== personId),
		key: event.id,
		kind: 'access_requested',
		params: { product, by, note },
		at: event.occurredAt,
		letter: {
			subject: `${by} asks for ${product}`,
			text: [`${by} asks to be let into ${product}.`, quoted(note), 'Answer here:']
				.filter(Boolean)
				.join('\n\n'),
			path
		}
	});
});

on('access.answered', 'notifications.access-answered', async (scope, event) => {
	const { personId, productId, product, answer, reply } = event.data;
	if (event.actor.id === personId) return;
	const by = event.actor.kind === 'member' ? event.actor.name : null;
	const approved = answer === 'approved';
	const who = by ?? 'The vendor';
	const path = await pageOf(scope, productId);
	await tell(scope, {
		businessId: event.businessId,
		productId,
		topic: 'access',
		personIds: [personId],
		key: event.id,
		kind: 'access_answered',
		params: { product, answer, reply, ...(by ? { by } : {}) },
		at: event.occurredAt,
		letter: {
			subject: approved ? `You can open ${product}` : `Your request for ${product} was declined`,
			text: [
				approved
					? `You asked for ${product}, and ${who} has let you in.`
					: `You asked for ${product}, and ${who} has declined.`,
				quoted(reply),
				approved ? 'Open it from the portal:' : 'See how it stands:'
			]
				.filter(Boolean)
				.join('\n\n'),
			path
		}
	});
});

on('export.reported', 'notifications.export-reported', async (scope, event) => {
	const { askedBy, product, name, status } = event.data;
	if (status === 'preparing') return;
	await notify(scope, {
		businessId: event.businessId,
		personIds: await ifMember(scope, event.businessId, askedBy),
		key: event.id,
		kind: 'export_reported',
		params: { product, name, status },
		at: event.occurredAt
	});
});

/** What somebody wrote, as a letter tells it. */
function quoted(words: string): string {
	return words && `“${words}”`;
}

async function pageOf(scope: Scope, productId: string): Promise<string> {
	const product = (await listProducts(scope, {})).find(({ id }) => id === productId);
	return product ? `/products/${product.slug}` : '/products';
}
