import { Temporal } from 'temporal-polyfill';
import * as v from 'valibot';
import { defineJob } from '../../platform/jobs.ts';
import { usecase } from '../../platform/usecase.ts';
import { listTrialsEnding } from '../billing/index.ts';
import { listBusinesses } from '../businesses/index.ts';
import { tell } from './channels.ts';
import { whoMay } from './recipients.ts';
import { remindOfClosing } from './subscriptions.ts';
import { writeDay } from './words.ts';

/** How many civil days before, in the zone of the business. */
const trialDays = 7;

/** Tells of trials and suspended products that end soon; told again on a later day, it is the same and told once. Of invoices `dunning` reminds. */
export const remind = usecase('notification.send', v.object({}), async (scope) => {
	const zones = new Map(
		(await listBusinesses(scope, {})).map(({ id, timeZone }) => [id, timeZone])
	);
	const isSoon = (businessId: string, day: string, days: number): boolean => {
		const left = daysUntil(scope.now, day, zones.get(businessId) ?? 'UTC');
		return left >= 0 && left <= days;
	};
	// A day more at both ends than any zone can ask for.
	const today = Temporal.PlainDate.from(scope.now.toISOString().slice(0, 10));
	const window = (days: number) => ({
		from: today.subtract({ days: 1 }).toString(),
		to: today.add({ days: days + 1 }).toString()
	});

	for (const trial of await listTrialsEnding(scope, window(trialDays))) {
		if (!isSoon(trial.businessId, trial.endsOn, trialDays)) continue;
		const { name, slug } = trial.product;
		await tell(scope, {
			businessId: trial.businessId,
			productId: trial.product.id,
			topic: 'subscription',
			personIds: await whoMay(scope, trial.businessId, 'business.change'),
			key: `trial-ending ${trial.subscriptionId} ${trial.endsOn}`,
			kind: 'trial_ending',
			params: { product: name, endsOn: trial.endsOn },
			at: scope.now,
			letter: {
				subject: `The trial of ${name} ends on ${writeDay(trial.endsOn)}`,
				text: `The trial of ${name} ends on ${writeDay(trial.endsOn)}. Choose a plan to keep it:`,
				path: `/products/${slug}`
			}
		});
	}
	await remindOfClosing(scope);
});

function daysUntil(now: Date, day: string, timeZone: string): number {
	const today = Temporal.Instant.fromEpochMilliseconds(now.getTime())
		.toZonedDateTimeISO(timeZone)
		.toPlainDate();
	return today.until(Temporal.PlainDate.from(day)).days;
}

defineJob({
	name: 'notifications.remind',
	// Seven in the morning in Nairobi.
	cron: '0 4 * * *',
	async work(scope) {
		await remind(scope, {});
	}
});
