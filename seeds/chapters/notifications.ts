import { listUnpaid } from '#server/modules/billing/index.ts';
import { followInvoice } from '#server/modules/dunning/index.ts';
import { listNotifications, markRead, remind } from '#server/modules/notifications/index.ts';
import { payInPart } from './papers.ts';
import { asMember, asSystem, type Cast, type Telling } from '../telling.ts';

/** What was done about invoices that are not paid, day by day, and the reminders of this morning. */
export async function tellReminders(telling: Telling): Promise<void> {
	const { calendar } = telling;
	for (let back = 20; back >= 0; back--) {
		if (back === 6) await payInPart(telling);
		const day = calendar.day(-back);
		await asSystem(
			async (scope) => {
				for (const { businessId, id: invoiceId } of await listUnpaid(scope, {}))
					await followInvoice(scope, { businessId, invoiceId, day });
			},
			back === 0 ? calendar.ago(420) : calendar.at(day, '08:00')
		);
	}
	await asSystem((scope) => remind(scope, {}), calendar.ago(420));
}

/** News that is no news any more once it has been read. */
const readAtOnce = new Set([
	'invoice_issued',
	'credit_note_issued',
	'access_granted',
	'usage_alert'
]);

/** People have read what came until yesterday, and of the rest what needs nothing of them. */
export async function readNews({ calendar, mavuno, pwani }: Telling): Promise<void> {
	const yesterday = calendar.startOf(calendar.day(-1));
	for (const cast of [mavuno, pwani])
		for (const { email } of cast.people) await readNewsOf(cast, email, yesterday, calendar.now);
}

async function readNewsOf(cast: Cast, email: string, until: Date, now: Date): Promise<void> {
	await asMember(
		cast.member(email),
		async (scope) => {
			await markRead(scope, { until });
			const { notifications } = await listNotifications(scope, { unread: true, limit: 100 });
			for (const { id, kind } of notifications)
				if (readAtOnce.has(kind)) await markRead(scope, { id });
		},
		now
	);
}
