import {
	changeSubscriptionStatus,
	listSubscriptions,
	startSubscription
} from '#server/modules/billing/index.ts';
import type { Calendar } from '../calendar.ts';
import type { Slug } from '../people.ts';
import { asMember, asSystem, ownerOf, type Cast, type Telling } from '../telling.ts';

/** The first day on which each business had each product. */
export function startsOf(calendar: Calendar) {
	return {
		mavuno: {
			erp: calendar.month(12).start,
			sacco: calendar.month(4).start,
			// Ninety days that end in six.
			payroll: calendar.day(6 - 90)
		},
		pwani: { sacco: calendar.month(9).start }
	};
}

/** Each product begins on its day; ERP with a month of trial. */
export async function tellSubscriptions({ calendar, mavuno, pwani }: Telling): Promise<void> {
	const starts = startsOf(calendar);
	const { businessId } = mavuno;
	await start(calendar, mavuno, {
		product: 'erp',
		plan: 'business',
		startedOn: starts.mavuno.erp,
		trialEndsOn: calendar.month(11).start
	});
	await start(calendar, mavuno, {
		product: 'sacco',
		plan: 'growth',
		startedOn: starts.mavuno.sacco
	});
	await start(calendar, mavuno, {
		product: 'payroll',
		plan: 'standard',
		startedOn: starts.mavuno.payroll,
		trialEndsOn: calendar.day(6)
	});
	await start(calendar, pwani, {
		product: 'sacco',
		plan: 'union',
		startedOn: starts.pwani.sacco
	});
	const erp = (await standing(mavuno, calendar)).find(({ product }) => product.slug === 'erp');
	const on = calendar.month(11).start;
	if (erp?.status === 'trial')
		await asSystem(
			(scope) =>
				changeSubscriptionStatus(scope, { businessId, product: 'erp', status: 'active', on }),
			calendar.startOf(on)
		);
}

async function start(
	calendar: Calendar,
	cast: Cast,
	input: { product: Slug; plan: string; startedOn: string; trialEndsOn?: string }
): Promise<void> {
	const has = (await standing(cast, calendar)).some(
		({ product }) => product.slug === input.product
	);
	if (has) return;
	await asSystem(
		(scope) => startSubscription(scope, { businessId: cast.businessId, ...input }),
		calendar.startOf(input.startedOn)
	);
}

function standing(cast: Cast, calendar: Calendar) {
	return asMember(ownerOf(cast), (scope) => listSubscriptions(scope, {}), calendar.now);
}
