import type { DomainEvent, DomainEvents } from '../../platform/events.ts';
import { on } from '../../platform/jobs.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { deviceOf } from '../launch/index.ts';
import { listPersons, readSessionOrigin } from '../identity/index.ts';
import { writeEntries, type NewEntry } from './entries.ts';
import type { ActivityKind } from './fields.ts';
// For the types of the events that they tell.
import type {} from '../billing/index.ts';
import type {} from '../businesses/index.ts';
import type {} from '../desk/index.ts';
import type {} from '../launch/index.ts';
import type {} from '../support/index.ts';
import type { AlertFacts } from '../usage/index.ts';
import type {} from './keeping.ts';

async function keep(
	scope: Scope<System>,
	event: DomainEvent,
	kind: ActivityKind,
	entry: Partial<Omit<NewEntry, 'key' | 'kind' | 'at'>> = {}
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
			...(actor.kind === 'staff' ? { vendorReason: actor.reason ?? null } : {}),
			...entry
		}
	]);
}

/** Whom an event speaks of, where that is not who told it. */
async function person(scope: Scope<System>, id: string): Promise<NewEntry['person']> {
	const [found] = await listPersons(scope, { ids: [id] });
	return { id: found?.id ?? null, name: found?.name ?? null };
}

async function whom(scope: Scope<System>, personId: string) {
	const { id, name } = await person(scope, personId);
	return { about: id, params: { person: name } };
}

on('product.launched', 'activity.launched', (scope, event) =>
	keep(scope, event, 'launched', {
		productId: event.data.productId,
		params: { place: event.data.place },
		device: event.data.device
	})
);

on('session.started', 'activity.signed-in', async (scope, event) => {
	const { personId, sessionId } = event.data;
	// A session that is over already is not told where it was.
	const origin = await readSessionOrigin(scope, { sessionId });
	const device = origin && deviceOf(origin.userAgent);
	await keep(scope, event, 'signed_in', {
		person: await person(scope, personId),
		device,
		address: origin?.address ?? null,
		params: {
			device: device && (await isNew(scope, event.businessId, personId, device)) ? 'new' : null
		}
	});
});

/** Whether somebody signs in with such a device for the first time, though they have with another. */
async function isNew(
	{ db }: Scope<System>,
	businessId: string,
	personId: string,
	device: string
): Promise<boolean> {
	const known = await db
		.selectFrom('activity.entries')
		.select(({ fn }) => [
			fn.countAll<bigint>().as('all'),
			fn.count<bigint>('id').filterWhere('device', '=', device).as('same')
		])
		.where('business_id', '=', businessId)
		.where('person_id', '=', personId)
		.where('kind', '=', 'signed_in')
		.where('device', 'is not', null)
		.executeTakeFirstOrThrow();
	return Number(known.all) > 0 && Number(known.same) === 0;
}

on('sign-in.failed', 'activity.sign-in-failed', async (scope, event) =>
	keep(scope, event, 'sign_in_failed', {
		person: await person(scope, event.data.personId),
		device: deviceOf(event.data.userAgent)
	})
);

on('password.changed', 'activity.password-changed', async (scope, event) =>
	keep(scope, event, 'password_changed', { person: await person(scope, event.data.personId) })
);

on('second-factor.changed', 'activity.second-factor-changed', async (scope, event) => {
	const { personId, to } = event.data;
	// Who has lost it is helped by an operator.
	const who =
		to === 'reset'
			? { about: personId, params: { to, person: (await person(scope, personId)).name } }
			: { person: await person(scope, personId), params: { to } };
	await keep(scope, event, 'second_factor_changed', who);
});

on('recovery-codes.made', 'activity.recovery-codes-made', async (scope, event) =>
	keep(scope, event, 'recovery_codes_made', { person: await person(scope, event.data.personId) })
);

on('member.added', 'activity.member-added', async (scope, event) =>
	keep(scope, event, 'member_added', {
		person: await person(scope, event.data.personId),
		params: { role: event.data.role }
	})
);

on('member.invited', 'activity.member-invited', async (scope, event) =>
	keep(scope, event, 'member_invited', await whom(scope, event.data.personId))
);

on('member.changed', 'activity.member-changed', async (scope, event) => {
	const { about, params } = await whom(scope, event.data.personId);
	await keep(scope, event, 'member_changed', { about, params: { ...params, role: event.data.to } });
});

on('member.removed', 'activity.member-removed', async (scope, event) =>
	keep(scope, event, 'member_removed', await whom(scope, event.data.personId))
);

on('business.changed', 'activity.business-changed', (scope, event) =>
	keep(scope, event, 'business_changed', { params: { name: event.data.name } })
);

on('activity.keeping-changed', 'activity.keeping-changed', (scope, event) =>
	keep(scope, event, 'keeping_changed', {
		params: { months: event.data.months === null ? null : String(event.data.months) }
	})
);

on('access.requested', 'activity.access-requested', (scope, event) =>
	keep(scope, event, 'access_requested', { productId: event.data.productId })
);

// What a job or the story gives is no news of anybody's.
on('access.granted', 'activity.access-granted', async (scope, event) => {
	if (event.actor.kind !== 'member') return;
	const { productId, personId } = event.data;
	await keep(scope, event, 'access_granted', { productId, ...(await whom(scope, personId)) });
});

on('access.removed', 'activity.access-removed', async (scope, event) => {
	if (event.actor.kind !== 'member') return;
	const { productId, personId } = event.data;
	await keep(scope, event, 'access_removed', { productId, ...(await whom(scope, personId)) });
});

// What was approved is told as access granted.
on('access.answered', 'activity.access-declined', async (scope, event) => {
	const { productId, personId, answer } = event.data;
	if (answer === 'declined')
		await keep(scope, event, 'access_declined', { productId, ...(await whom(scope, personId)) });
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

on('subscription.started', 'activity.subscription-started', async (scope, event) => {
	const { productId, status } = event.data;
	// A trial is told by who began it.
	if (status !== 'trial') await keep(scope, event, 'subscription_started', { productId });
});

on('subscription.changed', 'activity.subscription-changed', (scope, event) =>
	keep(scope, event, 'subscription_changed', {
		productId: event.data.productId,
		params: { to: event.data.to }
	})
);

on('subscription.updated', 'activity.subscription-updated', (scope, event) => {
	const { productId, change, on: day, plan, seats } = event.data;
	return keep(scope, event, 'subscription_updated', {
		productId,
		params: {
			change,
			on: day,
			...(plan === undefined ? {} : { plan }),
			...(seats === undefined || seats === null ? {} : { seats: String(seats) })
		}
	});
});

// What the vendor's staff had done: under their name, with what they looked for.
on('desk.done', 'activity.vendor-acted', (scope, event) => {
	const { act, askedBy, reason, outcome } = event.data;
	return keep(scope, event, 'vendor_acted', {
		person: askedBy,
		vendorReason: reason,
		params: { act: act.kind, outcome, ...('number' in act ? { number: act.number } : {}) }
	});
});

on('usage.alert-fired', 'activity.limit-reached', (scope, event) =>
	keep(scope, event, 'limit_reached', {
		productId: event.data.productId,
		params: { meter: event.data.meterName, mark: String(event.data.mark) }
	})
);

on('usage.spend-reached', 'activity.spend-reached', (scope, event) =>
	keep(scope, event, 'limit_reached', {
		productId: event.data.productId,
		params: { meter: 'spending', mark: String(event.data.mark) }
	})
);

on('usage.alert-set', 'activity.alert-set', (scope, event) =>
	keep(scope, event, 'alert_set', ofAlert(event.data))
);

on('usage.alert-changed', 'activity.alert-changed', (scope, event) =>
	keep(scope, event, 'alert_changed', ofAlert(event.data))
);

on('usage.alert-removed', 'activity.alert-removed', (scope, event) =>
	keep(scope, event, 'alert_removed', ofAlert(event.data))
);

on('usage.alert-answered', 'activity.alert-answered', (scope, event) => {
	const { productId, params } = ofAlert(event.data);
	return keep(scope, event, 'alert_answered', {
		productId,
		params: { ...params, answer: event.data.answer }
	});
});

function ofAlert({ productId, meterName, unit, currency, limit, every, action }: AlertFacts) {
	return { productId, params: { meter: meterName, unit, currency, limit, every, action } };
}

on('usage.suspended', 'activity.usage-suspended', (scope, event) =>
	keep(scope, event, 'usage_suspended', {
		productId: event.data.productId,
		params: { meter: event.data.meterName, mode: event.data.mode }
	})
);

on('usage.suspension-ended', 'activity.suspension-ended', (scope, event) =>
	keep(scope, event, 'suspension_ended', {
		productId: event.data.productId,
		params: { meter: event.data.meterName, why: event.data.why }
	})
);

on('ticket.opened', 'activity.ticket-opened', (scope, event) =>
	keep(scope, event, 'ticket_opened', {
		params: { number: event.data.number, subject: event.data.subject, side: 'member' }
	})
);

on('ticket.answered', 'activity.ticket-answered', (scope, event) =>
	keep(scope, event, 'ticket_answered', {
		about: event.data.openedBy,
		params: { number: event.data.number, subject: event.data.subject, side: event.data.side }
	})
);

on('ticket.closed', 'activity.ticket-closed', (scope, event) =>
	keep(scope, event, 'ticket_closed', {
		about: event.data.openedBy,
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

on('invoice.voided', 'activity.invoice-voided', (scope, event) =>
	keep(scope, event, 'invoice_voided', { params: ended(event.data) })
);

on('invoice.written_off', 'activity.invoice-written-off', (scope, event) =>
	keep(scope, event, 'invoice_written_off', { params: ended(event.data) })
);

function ended({ number, amountMinor, currency }: DomainEvents['invoice.voided']) {
	return { number, amountMinor, currency };
}

on('credit_note.issued', 'activity.credit-note-issued', (scope, event) =>
	keep(scope, event, 'credit_note_issued', {
		params: {
			number: event.data.number,
			invoice: event.data.invoiceNumber,
			amountMinor: event.data.totalMinor,
			currency: event.data.currency
		}
	})
);

on('payment.reversed', 'activity.payment-reversed', (scope, event) =>
	keep(scope, event, 'payment_reversed', {
		params: {
			receipt: event.data.number,
			amountMinor: event.data.amountMinor,
			currency: event.data.currency
		}
	})
);

on('payment.received', 'activity.payment-received', (scope, event) =>
	keep(scope, event, 'payment_received', {
		params: {
			// The invoice where there is one: that is what people look for.
			...(event.data.allocations.length === 1
				? { number: event.data.allocations[0]?.number ?? '' }
				: {}),
			receipt: event.data.number,
			amountMinor: event.data.amountMinor,
			currency: event.data.currency
		}
	})
);
