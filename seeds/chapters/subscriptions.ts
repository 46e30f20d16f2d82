import {
	changeSubscriptionStatus,
	listSubscriptions,
	startSubscription
} from '#server/modules/billing/index.ts';
import type { Calendar } from '../calendar.ts';
import type { Slug } from '../people.ts';
import { coOperatives } from '../prices.ts';
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
		pwani: { sacco: calendar.month(9).start },
		// Within a month, so that no renewal falls due; only the trial of Payroll is longer ago.
		tana: {
			erp: calendar.day(-25),
			sacco: calendar.day(-25),
			payroll: calendar.day(-80)
		}
	};
}

/** Each product begins on its day; ERP with a month of trial. */
export async function tellSubscriptions({ calendar, mavuno, pwani, tana }: Telling): Promise<void> {
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
		startedOn: starts.pwani.sacco,
		coupon: coOperatives.code
	});
	await start(calendar, tana, { product: 'erp', plan: 'starter', startedOn: starts.tana.erp });
	await start(calendar, tana, { product: 'sacco', plan: 'growth', startedOn: starts.tana.sacco });
	await start(calendar, tana, {
		product: 'payroll',
		plan: 'standard',
		startedOn: starts.tana.payroll,
		trialEndsOn: calendar.day(-20)
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

/** What came of an invoice that was not paid, and of a trial that nobody went on with. */
export async function tellArrears({ calendar, tana }: Telling): Promise<void> {
	const to = (product: Slug, status: 'past_due' | 'suspended' | 'ended', days: number) => ({
		product,
		status,
		on: calendar.day(-days)
	});
	const steps = [
		to('payroll', 'ended', 20),
		to('erp', 'past_due', 10),
		to('sacco', 'past_due', 10),
		to('sacco', 'suspended', 4)
	];
	for (const [index, step] of steps.entries()) {
		const known = (await standing(tana, calendar)).find(
			({ product }) => product.slug === step.product
		);
		// Told before, or gone beyond it.
		if (!known || known.status === step.status || known.status === 'suspended') continue;
		await asSystem(
			(scope) => changeSubscriptionStatus(scope, { businessId: tana.businessId, ...step }),
			new Date(calendar.at(step.on, '09:00').getTime() + index * 60_000)
		);
	}
}

async function start(
	calendar: Calendar,
	cast: Cast,
	input: {
		product: Slug;
		plan: string;
		startedOn: string;
		trialEndsOn?: string;
		coupon?: string;
	}
): Promise<void> {
	const has = (await standing(cast, calendar)).some(
		({ product }) => product.slug === input.product
	);
	if (has) return;
	await asSystem(
		(scope) =>
			startSubscription(scope, { businessId: cast.businessId, ...input, firstPeriodBilled: true }),
		calendar.startOf(input.startedOn)
	);
}

function standing(cast: Cast, calendar: Calendar) {
	return asMember(ownerOf(cast), (scope) => listSubscriptions(scope, {}), calendar.now);
}
