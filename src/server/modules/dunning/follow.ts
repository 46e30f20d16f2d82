import { emit } from '../../platform/events.ts';
import { announce } from '../../platform/live.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { lockUnpaid, type BilledSubscription, type UnpaidInvoice } from '../billing/index.ts';
import { readBusiness } from '../businesses/index.ts';
import { daysBetween } from '../rating/index.ts';
import { charge } from './charges.ts';
import { stepsDue, type DueStep } from './plan.ts';
import { readRecords, workingDay, type Outcome } from './records.ts';
import { restrict } from './restrictions.ts';
import { readSchedule } from './schedule.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** A reminder of an invoice is due. */
		'dunning.reminded': {
			invoiceId: string;
			number: string;
			/** What is left to pay, in minor units, as text. */
			leftMinor: string;
			currency: string;
			dueOn: string;
			/** Civil days since it was due; before that, less than none. */
			daysOverdue: number;
			/** The last one of the schedule. */
			last: boolean;
		};
	}
}

interface Following {
	scope: Scope<System>;
	invoice: UnpaidInvoice;
	subscriptions: BilledSubscription[];
	/** In the zone of the business. */
	today: string;
	last: boolean;
}

/**
 * Takes the steps that are due for an invoice: each is written down in the transaction of what it does, so it is
 * done once, whoever asks and however often. Nothing is done about an invoice that is paid, or on hold.
 * @param asked.day as of this civil day, whatever the hour: for a history that is told
 * @returns how many were taken
 */
export async function followInvoice(
	scope: Scope<System>,
	{ businessId, invoiceId, day }: { businessId: string; invoiceId: string; day?: string }
): Promise<number> {
	const locked = await lockUnpaid(scope, { businessId, invoiceId });
	if (!locked) return 0;
	const { invoice, subscriptions } = locked;
	const [schedule, { timeZone }, records] = await Promise.all([
		readSchedule(scope, {}),
		readBusiness(scope, { businessId }),
		readRecords(scope, [invoiceId])
	]);
	const record = records.get(invoiceId) ?? { steps: [], holds: [] };
	const today = day ?? workingDay(scope.now, timeZone, schedule.hour);
	const course = {
		issuedOn: invoice.issuedOn,
		dueOn: invoice.dueOn,
		taken: new Set(record.steps.map(({ step }) => step)),
		holds: record.holds
	};
	const reminders = schedule.steps.filter(({ action }) => action === 'remind');
	const due = stepsDue(schedule, course, today);
	for (const step of due) {
		const last = step.slug === reminders.at(-1)?.slug;
		const done = step.passed
			? { outcome: 'passed' as const }
			: await take(step, { scope, invoice, subscriptions, today, last });
		await scope.db
			.insertInto('dunning.steps')
			.values({
				business_id: businessId,
				invoice_id: invoiceId,
				step: step.slug,
				action: step.action,
				on_day: step.on,
				taken_at: scope.now,
				note: null,
				...done,
				schedule_version: schedule.version
			})
			.execute();
	}
	if (due.length > 0) await announce(scope, businessId, 'billing');
	return due.length;
}

async function take(
	step: DueStep,
	{ scope, invoice, subscriptions, today, last }: Following
): Promise<{ outcome: Outcome; note?: string }> {
	const { businessId, id: invoiceId, number, currency, dueOn, leftMinor } = invoice;
	switch (step.action) {
		case 'remind':
			await emit(
				scope,
				'dunning.reminded',
				{
					invoiceId,
					number,
					leftMinor: String(leftMinor),
					currency,
					dueOn,
					daysOverdue: daysBetween(dueOn, today),
					last
				},
				businessId
			);
			return { outcome: 'done' };
		case 'charge':
			return charge(scope, invoice, step.slug);
		case 'past_due':
		case 'suspend':
		case 'end': {
			const to = { past_due: 'past_due', suspend: 'suspended', end: 'ended' } as const;
			const changed = await restrict(scope, {
				invoice,
				subscriptions,
				to: to[step.action],
				on: today
			});
			return changed ? { outcome: 'done' } : { outcome: 'nothing', note: 'no_subscription' };
		}
	}
}
