import * as v from 'valibot';
import { Conflict, NotFound } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readProduct } from '../catalogue/index.ts';

export const aggregations = ['count', 'sum', 'max', 'latest', 'unique'] as const;
export type Aggregation = (typeof aggregations)[number];

/** What a reading is a number of; money is in minor units of the business's currency. */
export const units = ['count', 'bytes', 'hours', 'money', 'people'] as const;
export type Unit = (typeof units)[number];

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

const Slug = v.pipe(
	v.string(),
	v.regex(
		/^[a-z][a-z0-9-]{0,40}$/,
		'A slug is small letters, digits and hyphens, beginning with a letter.'
	)
);
const Property = v.pipe(v.string(), v.nonEmpty(), v.maxLength(60));

const DefineMeter = v.pipe(
	v.object({
		product: Slug,
		slug: Slug,
		name: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(80)),
		eventType: v.pipe(v.string(), v.nonEmpty(), v.maxLength(200)),
		aggregation: v.picklist(aggregations),
		valueProperty: v.optional(Property),
		unit: v.picklist(units),
		dimensions: v.optional(v.pipe(v.array(Property), v.maxLength(8)), [])
	}),
	v.check(
		({ aggregation, valueProperty }) => (aggregation === 'count') === (valueProperty === undefined),
		'A meter that counts events reads no property; every other names the one it reads.'
	)
);

/**
 * Makes the meter of this slug, or renames the one there is. What a meter counts never changes, since
 * its totals rest on it.
 * @throws NotFound for an unknown product; Conflict(`meter_defined_otherwise`)
 */
export const defineMeter = usecase('usage.define', DefineMeter, async (scope, input) => {
	const { db, now } = scope;
	const product = await readProduct(scope, { slug: input.product });
	const what = {
		eventType: input.eventType,
		aggregation: input.aggregation,
		valueProperty: input.valueProperty ?? null,
		unit: input.unit,
		dimensions: input.dimensions
	};
	await db
		.insertInto('usage.meters')
		.values({
			id: newId('mtr', now),
			product_id: product.id,
			slug: input.slug,
			name: input.name,
			event_type: what.eventType,
			aggregation: what.aggregation,
			value_property: what.valueProperty,
			unit: what.unit,
			dimensions: what.dimensions,
			created_at: now
		})
		.onConflict((conflict) =>
			conflict.columns(['product_id', 'slug']).doUpdateSet({ name: input.name })
		)
		.execute();
	const meter = (await selectMeters(scope, product.id)).find(({ slug }) => slug === input.slug);
	if (!meter) throw new NotFound(`The meter ${input.slug}`);
	const { eventType, aggregation, valueProperty, unit, dimensions } = meter;
	const is = { eventType, aggregation, valueProperty, unit, dimensions };
	if (JSON.stringify(is) !== JSON.stringify(what))
		throw new Conflict(
			'meter_defined_otherwise',
			`The meter ${input.slug} of ${input.product} exists and counts something else. Define a meter with another slug.`
		);
	return { id: meter.id };
});

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
