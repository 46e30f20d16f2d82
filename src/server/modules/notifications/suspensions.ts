import { on } from '../../platform/jobs.ts';
import type { Scope } from '../../platform/scope.ts';
import { readSubscriptionState } from '../billing/index.ts';
import { listMembers, readBusiness } from '../businesses/index.ts';
import { listProducts, type Product } from '../catalogue/index.ts';
import { accessMode, listAccesses } from '../launch/index.ts';
import { listSuspensions, type SuspensionEnd } from '../usage/index.ts';
import { tell } from './channels.ts';
import { whoMay } from './recipients.ts';
import { writeMoment } from './words.ts';

const left = {
	read_only: 'Everybody can read everything in it, and change nothing',
	export_only: 'Everybody can export your data from it, and do nothing else',
	closed: 'Nobody can open it; everything in it is kept'
} as const;

on('usage.suspended', 'notifications.usage-suspended', async (scope, event) => {
	const { businessId } = event;
	const { alertId, productId, product: name, meterName, limit, mode } = event.data;
	const product = (await listProducts(scope, {})).find(({ id }) => id === productId);
	if (!product) return;
	const [{ timeZone }, leaders, working, members] = await Promise.all([
		readBusiness(scope, { businessId }),
		whoMay(scope, businessId, 'alert.manage'),
		whoWorksWith(scope, businessId, product),
		listMembers(scope, { businessId })
	]);
	const until = writeMoment(new Date(event.data.until), timeZone);
	const ask = members
		.filter(({ personId }) => leaders.includes(personId))
		.sort((one, other) => Number(other.role === 'owner') - Number(one.role === 'owner'))
		.slice(0, 2)
		.map((member) => member.name)
		.join(' or ');
	const subject = `${name} is suspended by a limit that your business set`;
	const reached = `The limit that your business set for ${meterName} in ${name} is reached. ${left[mode]} until ${until}.`;
	const news = {
		businessId,
		productId,
		topic: 'subscription' as const,
		key: `suspended ${alertId} ${event.data.until} ${limit}`,
		kind: 'usage_suspended' as const,
		at: event.occurredAt
	};
	const params = { product: name, meter: meterName, mode, until: event.data.until };
	const path = `/products/${product.slug}`;
	await tell(scope, {
		...news,
		params,
		personIds: leaders,
		letter: {
			subject,
			text: `${reached} You can open it for everybody before that, or raise the limit:`,
			path
		}
	});
	const others = [...working, ...(event.data.people ?? [])].filter((id) => !leaders.includes(id));
	await tell(scope, {
		...news,
		params: { ...params, ask },
		personIds: [...new Set(others)],
		letter: { subject, text: `${reached} ${ask} can open it before that:`, path }
	});
});

on('usage.suspension-ended', 'notifications.usage-suspension-ended', async (scope, event) => {
	const { businessId } = event;
	const { productId, why, meterName } = event.data;
	const product = (await listProducts(scope, {})).find(({ id }) => id === productId);
	if (!product) return;
	const [subscription, suspensions] = await Promise.all([
		readSubscriptionState(scope, { businessId, productId }),
		listSuspensions(scope, { businessId, productId })
	]);
	// Another limit, or the bill, still leaves less than everything.
	if (accessMode(subscription, product, scope.now, suspensions).mode !== 'full') return;
	const [leaders, working] = await Promise.all([
		whoMay(scope, businessId, 'alert.manage'),
		whoWorksWith(scope, businessId, product)
	]);
	const by = event.actor.kind === 'member' ? event.actor.name : null;
	await tell(scope, {
		businessId,
		productId,
		topic: 'subscription',
		key: event.id,
		kind: 'usage_open',
		params: { product: product.name, meter: meterName, why, ...(by ? { by } : {}) },
		personIds: [...new Set([...leaders, ...working])],
		at: event.occurredAt,
		letter: {
			subject: `${product.name} is open again`,
			text: `${product.name} is open again for everybody, with everything that was in it. ${reasons[why](meterName, by)}`,
			path: `/products/${product.slug}`
		}
	});
});

const reasons: Record<SuspensionEnd, (meter: string, by: string | null) => string> = {
	period: (meter) => `The time for which ${meter} was limited is over, and it is counted anew.`,
	lifted: (meter, by) => `${by ?? 'Somebody'} lifted the suspension by the limit for ${meter}.`,
	raised: (meter, by) =>
		by ? `${by} raised the limit for ${meter}.` : `The limit for ${meter} was raised.`,
	changed: (meter, by) =>
		by ? `${by} changed the limit for ${meter}.` : `The limit for ${meter} has changed.`,
	vendor: () => 'Limits no longer suspend this product.'
};

async function whoWorksWith(scope: Scope, businessId: string, product: Product): Promise<string[]> {
	const accesses = await listAccesses(scope, { businessId, product: product.slug });
	return accesses.map(({ personId }) => personId);
}
