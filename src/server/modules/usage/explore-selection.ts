import * as v from 'valibot';
import { Invalid } from '../../platform/errors.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { listProducts } from '../catalogue/index.ts';
import { firstMinute, isByMinute } from './explore-minutes.ts';
import type { Look } from './explore-rows.ts';
import { granularities, tooManySteps } from './explore-steps.ts';
import { hoursKeptFrom } from './folding.ts';
import { selectMeters, type Meter } from './meters.ts';
import type { Span } from './spans.ts';

export const Dimension = v.pipe(v.string(), v.nonEmpty(), v.maxLength(60));
const Values = v.pipe(v.array(v.pipe(v.string(), v.maxLength(200))), v.maxLength(100));
const SpanFields = { from: v.date(), to: v.date() };
export const backward = 'A span ends after it began.';

/** What is asked of totals, whichever way it is told. */
export const SelectionFields = {
	...SpanFields,
	/** `previous` is as long a span immediately before; a span of its own may be named instead. */
	compare: v.optional(
		v.union([
			v.picklist(['previous', 'none']),
			v.pipe(
				v.object(SpanFields),
				v.check(({ from, to }) => from < to, backward)
			)
		]),
		'none'
	),
	granularity: v.optional(v.picklist(granularities), 'day'),
	/** Slugs. Without any, all. */
	products: v.optional(v.array(v.string())),
	/** Slugs, of whichever product. */
	meters: v.optional(v.array(v.string())),
	/** Values of the dimension `user`. */
	people: v.optional(Values),
	/** Values of other dimensions, by the dimension. */
	where: v.optional(v.record(Dimension, Values), {})
};

type Asked = v.InferOutput<v.ObjectSchema<typeof SelectionFields, undefined>> & {
	by?: string | undefined;
};

export interface ProductOf {
	id: string;
	slug: string;
	name: string;
}

export interface Selected {
	products: ReadonlyMap<string, ProductOf>;
	/** Every meter that was asked for: those that can be told apart and narrowed down as asked, and the rest. */
	asked: Meter[];
	meters: Meter[];
	leftOut: Meter[];
	/** At the meters as a whole; told apart by `by` of its own. */
	look: Look;
	/** From when on there are hours; null unless that is why it is told by day, as asked it was by hour. */
	hoursFrom: Date | null;
	/** The same at the span that it is compared with; null without one. */
	before: Look | null;
}

/** @throws Invalid for a span of too many steps, or of minutes that are kept no more */
export async function selectLook(scope: Scope, input: Asked): Promise<Selected> {
	const { from, to, compare, by } = input;
	const span = { from, to };
	const compared = comparedWith(span, compare);
	if (tooManySteps(span, input.granularity))
		throw new Invalid([{ path: 'to', message: 'The span is too long for steps this small.' }]);
	const byMinute = input.granularity === 'minute';
	if (byMinute && from < firstMinute(scope.now))
		throw new Invalid([{ path: 'from', message: 'Minutes are kept for two hours.' }]);
	const zone = await readZone(scope);
	const where = { ...input.where, ...(input.people ? { user: input.people } : {}) };
	const { products, asked } = await selectAsked(scope, input);
	const needed = [...Object.keys(where), ...(by === undefined ? [] : [by])];
	const can = (meter: Meter): boolean =>
		byMinute
			? needed.length === 0 && isByMinute(meter)
			: needed.every((one) => meter.dimensions.includes(one));
	const meters = asked.filter(can);
	const oldest = compared && compared.from < from ? compared.from : from;
	const hoursFrom = input.granularity === 'hour' ? await hoursKeptFrom(scope, oldest) : null;
	const granularity = hoursFrom ? 'day' : input.granularity;
	const look: Look = { meters, span, granularity, zone, by: null, where };
	return {
		products,
		asked,
		meters,
		leftOut: asked.filter((meter) => !can(meter)),
		look,
		hoursFrom,
		before: compared && { ...look, span: compared }
	};
}

/** The meters that were asked for, product by product in the vendor's order; a product's key sees its own alone. */
async function selectAsked(
	scope: Scope,
	{ products, meters }: Pick<Asked, 'products' | 'meters'>
): Promise<{ products: Map<string, ProductOf>; asked: Meter[] }> {
	const { actor } = scope;
	const [all, listed] = await Promise.all([
		selectMeters(scope, actor.kind === 'product' ? actor.productId : undefined),
		listProducts(scope, {})
	]);
	const chosen = listed.filter(({ slug }) => !products || products.includes(slug));
	return {
		products: new Map(chosen.map(({ id, slug, name }) => [id, { id, slug, name }])),
		asked: chosen.flatMap(({ id }) =>
			all.filter(({ productId, slug }) => productId === id && (!meters || meters.includes(slug)))
		)
	};
}

function comparedWith({ from, to }: Span, compare: Asked['compare']): Span | null {
	if (compare === 'none') return null;
	if (compare !== 'previous') return compare;
	return { from: new Date(2 * from.getTime() - to.getTime()), to: from };
}

async function readZone(scope: Scope): Promise<string> {
	if (scope.actor.kind === 'member') return scope.actor.timeZone;
	const row = await scope.db
		.selectFrom('usage.zones')
		.select('time_zone')
		.where('business_id', '=', businessOf(scope))
		.executeTakeFirst();
	return row?.time_zone ?? 'UTC';
}
