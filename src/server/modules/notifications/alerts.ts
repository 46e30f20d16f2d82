import { on } from '../../platform/jobs.ts';
import { listMembers, readBusiness } from '../businesses/index.ts';
import { tell } from './channels.ts';
import { whoMay } from './recipients.ts';
import { writeDay, writeMonth } from './words.ts';
// Also for the type of the event that it reacts to.
import type { AlertPeriod } from '../usage/index.ts';

on('usage.alert-fired', 'notifications.alert-fired', async (scope, event) => {
	const { alertId, productId, product, meterName, unit, mark, limit, value, asks } = event.data;
	const { every, period, periodEnd, limitOf, suspends } = event.data;
	// That the product is suspended says it all.
	if (suspends === 'now') return;
	const { businessId } = event;
	const [{ currency }, leaders, members] = await Promise.all([
		readBusiness(scope, { businessId }),
		whoMay(scope, businessId, 'alert.manage'),
		listMembers(scope, { businessId })
	]);
	const chosen = (event.data.people ?? []).filter((id) =>
		members.some(({ personId }) => personId === id)
	);
	const whole = limitOf === 'plan' ? 'what your plan includes' : 'the limit that your business set';
	const share =
		mark === 100 ? `${whole.charAt(0).toUpperCase()}${whole.slice(1)}` : `${mark}% of ${whole}`;
	const news = {
		businessId,
		productId,
		topic: 'alerts' as const,
		only: event.data.channels,
		key: `alert ${alertId} ${period} ${periodEnd} ${mark} ${limit}`,
		kind: 'usage_alert' as const,
		params: { product, meter: meterName, unit, currency, mark: String(mark), limit, value, every },
		at: event.occurredAt
	};
	const subject = `${product}: ${mark}% of the limit for ${meterName} is reached`;
	const reached = `${share} for ${meterName} in ${product} is reached ${written(every, period, periodEnd)}.`;
	// Whoever was chosen may have left since; then those who lead are told.
	const told = chosen.length > 0 ? chosen : leaders;
	const asked = asks ? leaders : [];
	await tell(scope, {
		...news,
		personIds: told.filter((id) => !asked.includes(id)),
		letter: {
			subject,
			text:
				suspends === 'later'
					? `${reached} At 100% ${product} is suspended for everybody in your business. The figures:`
					: `${reached} Nothing stops: this is for you to know. The figures:`,
			path: '/usage/alerts'
		}
	});
	await tell(scope, {
		...news,
		params: { ...news.params, asks: 'yes' },
		personIds: asked,
		letter: {
			subject,
			text: `${reached} Please say what shall be done: raise the limit, change the plan, or leave it. Nothing stops until then.`,
			path: '/usage/alerts#questions'
		}
	});
});

on('usage.spend-reached', 'notifications.spend-reached', async (scope, event) => {
	const { businessId } = event;
	const { alertId, productId, product, mark, limitMinor, spentMinor, currency } = event.data;
	const { every, period, periodEnd, suspends } = event.data;
	// That products are stopped says it all.
	if (suspends === 'now') return;
	const [leaders, members] = await Promise.all([
		whoMay(scope, businessId, 'alert.manage'),
		listMembers(scope, { businessId })
	]);
	const chosen = (event.data.people ?? []).filter((id) =>
		members.some(({ personId }) => personId === id)
	);
	const of = product ?? 'all products';
	const share =
		mark === 100
			? 'The limit that your business set'
			: `${mark}% of the limit that your business set`;
	const reached = `${share} for spending on ${of} is reached ${written(every, period, periodEnd)}.`;
	await tell(scope, {
		businessId,
		productId,
		topic: 'alerts',
		only: event.data.channels,
		key: `spend ${alertId} ${period} ${periodEnd} ${mark} ${limitMinor}`,
		kind: 'usage_alert',
		params: {
			product: of,
			meter: 'spending',
			unit: 'money',
			currency,
			mark: String(mark),
			limit: limitMinor,
			value: spentMinor,
			every,
			spend: 'yes'
		},
		personIds: chosen.length > 0 ? chosen : leaders,
		at: event.occurredAt,
		letter: {
			subject: `${mark}% of your spending limit on ${of} is reached`,
			text:
				suspends === 'later'
					? `${reached} At 100% it stops ${of} for everybody in your business, as you set it. The figures:`
					: `${reached} Nothing stops: this is for you to know. The figures:`,
			path: '/billing/settings#spend'
		}
	});
});

/** When a limit was reached: `in November 2026`, `on 25 Nov 2026`, `in the period before 15 Dec 2026`. */
function written(every: AlertPeriod, period: string, periodEnd: string): string {
	switch (every) {
		case 'month':
			return `in ${writeMonth(period)}`;
		case 'day':
			return `on ${writeDay(period)}`;
		case 'subscription':
			return `in the period before ${writeDay(periodEnd)}`;
	}
}
