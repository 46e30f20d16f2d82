import type { DateRange } from '#lib/format/ranges.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Subscription } from '#server/modules/billing/index.ts';
import { listMembers } from '#server/modules/businesses/index.ts';
import { listProductRoles, type Product } from '#server/modules/catalogue/index.ts';
import {
	countVisits,
	listVisitors,
	listVisits,
	type VisitCounts
} from '#server/modules/launch/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import { readCursor } from '../../../parts/cursor.ts';
import { stepsOf, type Steps } from '../../../parts/steps.ts';
import type { MeterView, ProductView } from '../../../parts/view.ts';
import { rangeFields } from '../../../usage/address.ts';
import { readRunningTotal, readUsagePage } from '../../../usage/read.server.ts';
import { viewPeople, viewVisits } from '../people.server.ts';
import type { AnalyticsView } from './view.ts';

/** How many visits a page of them holds. */
const pageLength = 20;

/** Reads what the address asks for: `?range=…&before=cursor`. */
export async function readAnalytics(
	scope: MemberScope,
	of: { product: Product; head: ProductView; subscription: Subscription },
	params: URLSearchParams
): Promise<AnalyticsView> {
	const { slug } = of.product;
	const zone = scope.actor.timeZone;
	const asked = new URLSearchParams(params);
	asked.set('product', slug);
	const before = readCursor(params.get('before'));
	const [usage, visitors, { visits, next }, members, roles] = await Promise.all([
		readUsagePage(scope, asked),
		listVisitors(scope, { product: slug }),
		listVisits(scope, {
			product: slug,
			limit: pageLength,
			...(before === undefined ? {} : { before })
		}),
		listMembers(scope, {}),
		listProductRoles(scope, { product: slug })
	]);
	const { range } = usage;
	const steps = stepsOf(range, zone);
	const count = (span: { start: Date; end: Date }) =>
		countVisits(scope, {
			product: slug,
			from: span.start,
			to: span.end,
			bucket: steps.bucket,
			timeZone: zone
		});
	const [now, previous, data] = await Promise.all([
		count(range),
		count(range.previous),
		usage.data ? readRunningTotal(scope, usage, of.subscription) : null
	]);
	const people = viewPeople(visitors, members, roles);
	return {
		product: of.head,
		usage,
		data,
		visits: viewCounts(of.product, now, previous, steps),
		devices: byDevice(now),
		seats: {
			taken: people.length,
			of: of.subscription.status === 'ended' ? null : of.subscription.seats
		},
		people: people.map((person) => ({
			...person,
			visits: now.people.find(({ personId }) => personId === person.id)?.visits ?? 0
		})),
		latest: {
			visits: viewVisits(visits, members, m.products_visit_somebody()),
			older: next === null ? null : address(slug, range, next),
			newest: before === undefined ? null : address(slug, range, null)
		}
	};
}

function address(slug: string, range: DateRange, before: string | null): string {
	const query = new URLSearchParams([
		...rangeFields(range),
		...(before === null ? [] : [['before', before]])
	]).toString();
	return `/products/${slug}/analytics${query ? `?${query}` : ''}#latest`;
}

/** A step that has begun and saw nobody is a zero: each visit is known. */
function viewCounts(
	product: Product,
	now: VisitCounts,
	previous: VisitCounts,
	steps: Steps
): MeterView {
	const total = (counts: VisitCounts): number =>
		counts.steps.reduce((sum, { visits }) => sum + visits, 0);
	return {
		id: 'visits',
		label: m.products_visits_all(),
		mark: product.mark,
		unit: 'count',
		currency: '',
		value: total(now),
		previous: total(previous),
		steps: steps.current,
		readings: steps.current
			.slice(0, steps.begun)
			.map((step) =>
				now.steps
					.filter((counted) => counted.step === step)
					.reduce((sum, { visits }) => sum + visits, 0)
			)
	};
}

function byDevice({ steps }: VisitCounts): AnalyticsView['devices'] {
	return (['computer', 'phone', 'tablet'] as const)
		.map((kind) => ({
			kind,
			count: steps
				.filter(({ device }) => device === kind)
				.reduce((sum, { visits }) => sum + visits, 0)
		}))
		.filter(({ count }) => count > 0)
		.sort((one, other) => other.count - one.count);
}
