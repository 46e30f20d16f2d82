import { on } from '../../platform/jobs.ts';
import { readBusiness } from '../businesses/index.ts';
import { listProducts } from '../catalogue/index.ts';
import { tell } from './channels.ts';
import { whoMay } from './recipients.ts';
import { writeMonth } from './words.ts';
// For the type of the event that it reacts to.
import type {} from '../usage/index.ts';

on('usage.alert-fired', 'notifications.alert-fired', async (scope, event) => {
	const { alertId, productId, product, meterName, unit, mark, limit, value, period } = event.data;
	const { businessId } = event;
	const [{ currency }, products, leaders] = await Promise.all([
		readBusiness(scope, { businessId }),
		listProducts(scope, {}),
		whoMay(scope, businessId, 'alert.manage')
	]);
	const slug = products.find(({ id }) => id === productId)?.slug ?? '';
	const share = mark === 100 ? 'The limit' : `${mark}% of the limit`;
	await tell(scope, {
		businessId,
		productId,
		topic: 'alerts',
		personIds: leaders,
		key: `alert ${alertId} ${period} ${mark} ${limit}`,
		kind: 'usage_alert',
		params: { product, meter: meterName, unit, currency, mark: String(mark), limit, value },
		at: event.occurredAt,
		letter: {
			subject: `${product}: ${mark}% of the limit for ${meterName} is reached`,
			text: `${share} that your business set for ${meterName} in ${product} is reached in ${writeMonth(period)}. Nothing stops: this is for you to know. The figures:`,
			path: `/products/${slug}/settings#alerts`
		}
	});
});
