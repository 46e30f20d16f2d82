import * as v from 'valibot';
import { Conflict, Invalid, NotFound } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readProduct } from '../catalogue/index.ts';
import {
	addFirstVersion,
	columnsOf,
	countsAlike,
	insertVersion,
	nextStart,
	selectVersions
} from './versions.ts';

export const aggregations = ['count', 'sum', 'max', 'latest', 'unique', 'weighted'] as const;
export type Aggregation = (typeof aggregations)[number];

/** What a reading is a number of; money is in minor units of the business's currency. */
export const units = ['count', 'bytes', 'hours', 'money', 'people'] as const;
export type Unit = (typeof units)[number];

/** What a figure is in: of a level over time, units times hours. */
export type FigureUnit = Unit | `${Unit}-hours`;

export function figureUnit({ unit, aggregation }: Pick<Meter, 'unit' | 'aggregation'>): FigureUnit {
	return aggregation === 'weighted' ? `${unit}-hours` : unit;
}

/** The same in SQL, of meters `m`. */
export const figureUnitOf = `m.unit || case m.aggregation when 'weighted' then '-hours' else '' end`;

export interface Meter {
	id: string;
	productId: string;
	slug: string;
	name: string;
	/** The `type` of the events that it counts. */
	eventType: string;
	aggregation: Aggregation;
	/** The property of an event's data that it reads; null for a meter that counts events. */
	valueProperty: string | null;
	unit: Unit;
	/** Properties of an event's data by which its totals can be told apart. */
	dimensions: string[];
}

/** What a meter counts, and how: what its newest version says. */
export type Counting = Pick<
	Meter,
	'eventType' | 'aggregation' | 'valueProperty' | 'unit' | 'dimensions'
>;

const Slug = v.pipe(
	v.string(),
	v.regex(
		/^[a-z][a-z0-9-]{0,40}$/,
		'A slug is small letters, digits and hyphens, beginning with a letter.'
	)
);
const EventType = v.pipe(v.string(), v.nonEmpty(), v.maxLength(200));
const Property = v.pipe(v.string(), v.nonEmpty(), v.maxLength(60));
const Dimensions = v.pipe(v.array(Property), v.maxLength(8));
const propertyFits =
	'A meter that counts events reads no property; every other names the one it reads.';

const DefineMeter = v.pipe(
	v.object({
		product: Slug,
		slug: Slug,
		name: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(80)),
		eventType: EventType,
		aggregation: v.picklist(aggregations),
		valueProperty: v.optional(Property),
		unit: v.picklist(units),
		dimensions: v.optional(Dimensions, [])
	}),
	v.check(
		({ aggregation, valueProperty }) => (aggregation === 'count') === (valueProperty === undefined),
		propertyFits
	)
);

/**
 * Makes the meter of this slug, or renames the one there is. What a meter counts is changed by
 * `changeMeter`, never by saying it again otherwise.
 *
 * A meter of events that are counted already begins with a full hour, like a change: what was received
 * before knew nothing of it.
 * @throws NotFound for an unknown product; Conflict(`meter_defined_otherwise`)
 */
export const defineMeter = usecase('usage.define', DefineMeter, async (scope, input) => {
	const { db, now } = scope;
	const product = await readProduct(scope, { slug: input.product });
	const what: Counting = {
		eventType: input.eventType,
		aggregation: input.aggregation,
		valueProperty: input.valueProperty ?? null,
		unit: input.unit,
		dimensions: input.dimensions
	};
	const made = await db
		.insertInto('usage.meters')
		.values({
			id: newId('mtr', now),
			product_id: product.id,
			slug: input.slug,
			name: input.name,
			...columnsOf(what),
			created_at: now
		})
		.onConflict((conflict) => conflict.columns(['product_id', 'slug']).doNothing())
		.returning('id')
		.executeTakeFirst();
	if (made) {
		await addFirstVersion(scope, { ...what, id: made.id, productId: product.id });
		return made;
	}
	const meter = (await selectMeters(scope, product.id)).find(({ slug }) => slug === input.slug);
	if (!meter) throw new NotFound(`The meter ${input.slug}`);
	if (!countsAlike(meter, what))
		throw new Conflict(
			'meter_defined_otherwise',
			`The meter ${input.slug} of ${input.product} exists and counts something else. Change it, or define one with another slug.`
		);
	await db
		.updateTable('usage.meters')
		.set({ name: input.name })
		.where('id', '=', meter.id)
		.execute();
	return { id: meter.id };
});

const ChangeMeter = v.object({
	product: Slug,
	slug: Slug,
	eventType: v.optional(EventType),
	aggregation: v.optional(v.picklist(aggregations)),
	/** Null for a meter that counts events from now on. */
	valueProperty: v.optional(v.nullable(Property)),
	unit: v.optional(v.picklist(units)),
	dimensions: v.optional(Dimensions)
});

/**
 * Changes what a meter counts, from the next full hour that every process knows of in time; what is not
 * given stays. Hours before keep what they say, and so does what comes late for them. A range that has hours
 * of both is added up as the new version says, so a change of kind is best followed by a recount.
 * @throws NotFound for an unknown product or meter; Conflict `meter_unchanged`; Invalid
 */
export const changeMeter = usecase(
	'usage.define',
	ChangeMeter,
	async (scope, { product: productSlug, slug, ...change }) => {
		const { db, now } = scope;
		const product = await readProduct(scope, { slug: productSlug });
		// Changes of one meter wait for each other.
		await db
			.selectFrom('usage.meters')
			.select('id')
			.where('product_id', '=', product.id)
			.where('slug', '=', slug)
			.forUpdate()
			.execute();
		const meter = (await selectMeters(scope, product.id)).find((one) => one.slug === slug);
		if (!meter) throw new NotFound(`The meter ${slug}`);
		const given = Object.entries(change).filter(([, value]) => value !== undefined);
		const changed: Counting = { ...meter, ...Object.fromEntries(given) };
		if ((changed.aggregation === 'count') !== (changed.valueProperty === null))
			throw new Invalid([{ path: 'valueProperty', message: propertyFits }]);
		if (countsAlike(meter, changed))
			throw new Conflict('meter_unchanged', `The meter ${slug} counts this already.`);
		const version = Math.max(...(await selectVersions(scope, meter.id)).map((v) => v.version)) + 1;
		const effectiveFrom = nextStart(now);
		await insertVersion(scope, meter.id, version, changed, effectiveFrom);
		await db
			.updateTable('usage.meters')
			.set(columnsOf(changed))
			.where('id', '=', meter.id)
			.execute();
		return { id: meter.id, version, effectiveFrom };
	}
);

/** All meters, product by product in the order in which they were defined. */
export const listMeters = usecase('usage.read', v.object({}), (scope) => selectMeters(scope));

/** Without a check: for the use cases of this module, which have made theirs. */
export async function selectMeters({ db }: Scope, productId?: string): Promise<Meter[]> {
	const rows = await db
		.selectFrom('usage.meters')
		.select([
			'id',
			'product_id as productId',
			'slug',
			'name',
			'event_type as eventType',
			'aggregation',
			'value_property as valueProperty',
			'unit',
			'dimensions'
		])
		.$if(productId !== undefined, (query) => query.where('product_id', '=', productId as string))
		.orderBy('product_id')
		.orderBy('created_at')
		.orderBy('slug')
		.execute();
	return rows as Meter[];
}
