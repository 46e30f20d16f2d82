import * as v from 'valibot';
import { Conflict, Invalid, NotFound, violatedConstraint } from '../../platform/errors.ts';
import { isId, newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readSubscriptionState } from '../billing/index.ts';
import { listMembers, readBusiness } from '../businesses/index.ts';
import { modeOfUsageSuspension, readProduct } from '../catalogue/index.ts';
import { readFacts, tellSaved } from './alert-changes.ts';
import { readLimit } from './alert-limits.ts';
import { findMeter } from './figures.ts';
import { settleSuspensions } from './suspension-ends.ts';

/** Per cent of a limit at which a business can ask to be told. */
export const alertMarks = [50, 75, 90, 100] as const;
export type AlertMark = (typeof alertMarks)[number];

/** What is limited begins anew with the calendar month, the day, or the period of the subscription. */
export const alertPeriods = ['month', 'day', 'subscription'] as const;
export type AlertPeriod = (typeof alertPeriods)[number];

/** A limit is a number of the business's own, or what its plan includes. */
export const limitsOf = ['number', 'plan'] as const;
export type LimitOf = (typeof limitsOf)[number];

export const alertChannels = ['bell', 'mail'] as const;
export type AlertChannel = (typeof alertChannels)[number];

/**
 * What happens at the last mark: people are told; or asked as well what shall be done; or, where the vendor
 * allows it, the product is suspended for everybody in the business until the period is over.
 */
export const alertActions = ['notify', 'ask', 'suspend'] as const;
export type AlertAction = (typeof alertActions)[number];

/** More alerts than this for one meter are nobody's wish. */
const most = 20;

export const AlertId = v.custom<string>(
	(value) => isId('alr', value),
	'This is not the id of an alert.'
);

const SaveAlert = v.object({
	/** Changes this one; its meter stays. */
	id: v.optional(AlertId),
	/** The product's slug and the meter's. */
	product: v.string(),
	meter: v.string(),
	limitOf: v.optional(v.picklist(limitsOf), 'number'),
	/** A number in the meter's unit, or text as people write it, such as `50 GB`. */
	limit: v.optional(v.union([v.number(), v.string()], 'Write the limit.'), ''),
	period: v.optional(v.picklist(alertPeriods), 'month'),
	marks: v.optional(
		v.pipe(
			v.array(v.picklist(alertMarks, 'Choose among 50, 75, 90 and 100 %.')),
			v.nonEmpty('Choose at least one mark.')
		),
		[75, 100]
	),
	/** Members to be told. Without any, the owners and admins of the moment are. */
	people: v.optional(v.array(v.string()), []),
	channels: v.optional(
		v.pipe(
			v.array(v.picklist(alertChannels)),
			v.nonEmpty('Choose at least one way to tell people.')
		),
		[...alertChannels]
	),
	action: v.optional(v.picklist(alertActions), 'notify')
});

/**
 * Sets an alert, or changes one. Set twice alike, it is one. Marks that fired in this period for the same
 * limit or a higher one do not fire again; what is passed already is told, or suspends, within seconds. A
 * limit that suspends has the mark of 100 %.
 * @throws NotFound for an unknown product, meter or alert; Conflict `not_subscribed`, `alert_exists`,
 * `too_many_alerts`; Invalid, on `action` where the vendor allows no suspension
 */
export const saveAlert = usecase('alert.manage', SaveAlert, async (scope, input) => {
	const { db, now } = scope;
	const businessId = businessOf(scope);
	const product = await readProduct(scope, { slug: input.product });
	const [meter, subscription, business] = await Promise.all([
		findMeter(scope, { productId: product.id, meter: input.meter }),
		readSubscriptionState(scope, { productId: product.id }),
		readBusiness(scope, {})
	]);
	if (!subscription)
		throw new Conflict('not_subscribed', `Your business does not have ${product.name}.`);
	if (input.limitOf === 'plan' && input.period === 'day')
		throw new Invalid([
			{ path: 'period', message: 'A plan includes nothing for a day. Choose a longer time.' }
		]);
	const suspends = input.action === 'suspend';
	if (suspends && modeOfUsageSuspension(product) === null)
		throw new Invalid([
			{ path: 'action', message: `${product.name} cannot be suspended by a limit.` }
		]);
	const marks: AlertMark[] = suspends ? [...input.marks, 100] : input.marks;
	const wanted = {
		amount: input.limitOf === 'plan' ? null : readLimit(input.limit, meter, business.currency),
		limit_of: input.limitOf,
		period: input.period,
		marks: [...new Set(marks)].sort((one, other) => one - other),
		people: await membersAmong(scope, input.people),
		channels: alertChannels.filter((channel) => input.channels.includes(channel)),
		action: input.action,
		changed_at: now
	};
	const known = input.id ?? (await findAlike(scope, meter.id, wanted));
	const before = known === undefined ? undefined : await readFacts(scope, known);
	const saved = input.id
		? await change(scope, input.id, meter.id, wanted)
		: await db
				.insertInto('usage.alerts')
				.values({
					business_id: businessId,
					id: newId('alr', now),
					meter_id: meter.id,
					created_at: now,
					...wanted
				})
				.onConflict((conflict) =>
					conflict
						.columns(['business_id', 'meter_id', 'product_id', 'period', 'limit_of', 'amount'])
						.where('removed_at', 'is', null)
						.doUpdateSet(wanted)
				)
				.returning('id')
				.executeTakeFirstOrThrow();
	if (!input.id) await refuseTooMany(scope, meter.id);
	await tellSaved(scope, saved.id, before);
	await settleSuspensions(scope, [businessId]);
	// Looked at like new usage: it may be passed already.
	await announce(scope, businessId, 'usage');
	return saved;
});

interface Wanted {
	amount: string | null;
	limit_of: LimitOf;
	period: AlertPeriod;
	marks: AlertMark[];
	people: string[] | null;
	channels: AlertChannel[];
	action: AlertAction;
	changed_at: Date;
}

/** The alert with this limit that there is already: saved again, it takes on what is new. */
async function findAlike(
	scope: Scope,
	meterId: string,
	{ period, limit_of, amount }: Wanted
): Promise<string | undefined> {
	const row = await scope.db
		.selectFrom('usage.alerts')
		.select('id')
		.where('business_id', '=', businessOf(scope))
		.where('meter_id', '=', meterId)
		.where('period', '=', period)
		.where('limit_of', '=', limit_of)
		.where('amount', 'is not distinct from', amount)
		.where('removed_at', 'is', null)
		.executeTakeFirst();
	return row?.id;
}

async function change(
	scope: Scope,
	id: string,
	meterId: string,
	wanted: Wanted
): Promise<{ id: string }> {
	try {
		const saved = await scope.db
			.updateTable('usage.alerts')
			.set(wanted)
			.where('business_id', '=', businessOf(scope))
			.where('id', '=', id)
			.where('meter_id', '=', meterId)
			.where('removed_at', 'is', null)
			.returning('id')
			.executeTakeFirst();
		if (!saved) throw new NotFound('This alert');
		return saved;
	} catch (error) {
		if (violatedConstraint(error) === 'alerts_once')
			throw new Conflict('alert_exists', 'There is an alert with this limit already.');
		throw error;
	}
}

/** Null for nobody in particular. @throws Invalid for somebody who does not belong to the business */
async function membersAmong(scope: Scope, people: readonly string[]): Promise<string[] | null> {
	if (people.length === 0) return null;
	const members = new Set((await listMembers(scope, {})).map(({ personId }) => personId));
	if (people.some((personId) => !members.has(personId)))
		throw new Invalid([{ path: 'people', message: 'Choose among the people of your business.' }]);
	return [...new Set(people)].sort();
}

async function refuseTooMany(scope: Scope, meterId: string): Promise<void> {
	const { count } = await scope.db
		.selectFrom('usage.alerts')
		.select(({ fn }) => fn.countAll<bigint>().as('count'))
		.where('business_id', '=', businessOf(scope))
		.where('meter_id', '=', meterId)
		.where('removed_at', 'is', null)
		.executeTakeFirstOrThrow();
	if (Number(count) > most)
		throw new Conflict('too_many_alerts', `One figure has at most ${most} alerts.`);
}
