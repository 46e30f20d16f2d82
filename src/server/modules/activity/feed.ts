import { sql, type SqlBool } from 'kysely';
import * as v from 'valibot';
import { CursorOf, cutPage, type Cursor } from '../../platform/cursor.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listProducts, type Product } from '../catalogue/index.ts';
import type { Device } from '../launch/index.ts';
import { activityFields, type ActivityField, type ActivityKind } from './fields.ts';
import { partsSeen, type Narrowing } from './seen.ts';

export interface ActivityView {
	id: string;
	kind: ActivityKind;
	field: ActivityField;
	at: Date;
	/** Null where a product did it by itself. The id is null for somebody whom the portal does not know. */
	person: { id: string | null; name: string } | null;
	product: Pick<Product, 'id' | 'slug' | 'name' | 'mark'> | null;
	/** The product's words, of a `reported` entry alone; plain text. */
	what: string | null;
	/** Where in the product, outermost first; plain text. */
	where: string | null;
	/** A path in the product. */
	path: string | null;
	/** What the words of the other kinds are made from: README.md. */
	params: Record<string, string | null>;
	device: Device | null;
	/** Where it came from on the network; null where that is not known, or not any more. */
	address: string | null;
	/** Whether the vendor's staff did it, and why. */
	vendor: { reason: string | null } | null;
}

const most = 1_000;

export const ActivityFilter = {
	/** A product's slug. */
	product: v.optional(v.string()),
	/** A person's id: what they did. */
	person: v.optional(v.string()),
	field: v.optional(v.picklist(activityFields)),
	/** The first instant, and the one after the last. */
	from: v.optional(v.date()),
	to: v.optional(v.date()),
	/** Words that all occur, or begin so: in what was done, by whom, in which product, where. */
	search: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(200, 'At most 200 characters.')))
};

/**
 * What happened in the scope's business, newest first, as far as the actor may see it: seen.ts. `next`
 * continues behind the last.
 */
export const listActivity = usecase(
	'activity.read',
	v.object({
		...ActivityFilter,
		limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most)), 25),
		before: v.optional(CursorOf('act'))
	}),
	async (scope, input): Promise<{ entries: ActivityView[]; next: string | null }> => {
		const { limit, search } = input;
		const products = await listProducts(scope, {});
		const filter: Narrowing = {};
		if (input.product !== undefined)
			filter.product = products.find(({ slug }) => slug === input.product)?.id ?? '';
		if (input.person !== undefined) filter.person = input.person;
		if (input.field !== undefined) filter.field = input.field;
		const parts = (await partsSeen(scope)).flatMap((part) => narrow(part, filter) ?? []);
		const ids = products.map(({ id }) => id);
		const bounds: Bounds = {
			from: input.from ?? null,
			to: input.to ?? null,
			before: input.before ?? null,
			most: limit + 1
		};
		const found = await Promise.all(
			search
				? parts.map((part) => findRows(scope, part, bounds, search))
				: parts.flatMap((part) => inOrder(part, ids)).map((part) => listRows(scope, part, bounds))
		);
		const { page, next } = cutPage(merge(found), limit, (row) => row.occurred_at);
		const marks = new Map(
			products.map(({ id, slug, name, mark }) => [id, { id, slug, name, mark }])
		);
		return { entries: page.map((row) => view(row, marks)), next };
	}
);

interface Bounds {
	from: Date | null;
	to: Date | null;
	before: Cursor | null;
	most: number;
}

/** Both at once; null when nothing can be both. */
function narrow(part: Narrowing, filter: Narrowing): Narrowing | null {
	for (const name of ['person', 'product', 'field'] as const) {
		const [one, other] = [part[name], filter[name]];
		if (one !== undefined && other !== undefined && one !== other) return null;
	}
	return { ...part, ...filter };
}

/**
 * Parts that one index has in order. What somebody did is there by kind and product together, so that one of
 * the two alone is asked for key by key, however seldom it is.
 */
function inOrder(part: Narrowing, products: readonly string[]): Narrowing[] {
	const { person, field, product } = part;
	if (person === undefined || (field === undefined) === (product === undefined)) return [part];
	return field === undefined
		? activityFields.map((each) => ({ ...part, field: each }))
		: [null, ...products].map((each) => ({ ...part, product: each }));
}

type Row = Awaited<ReturnType<typeof listRows>>[number];

/** Of several lists the newest, each entry once. */
function merge(lists: Row[][]): Row[] {
	const rows = lists.length === 1 ? (lists[0] ?? []) : lists.flat();
	return [...new Map(rows.map((row) => [row.id, row])).values()].sort(
		(one, other) =>
			other.occurred_at.getTime() - one.occurred_at.getTime() || (one.id < other.id ? 1 : -1)
	);
}

const entries = (scope: Scope) =>
	scope.db
		.selectFrom('activity.entries')
		.select([
			'id',
			'kind',
			'field',
			'occurred_at',
			'person_id',
			'person_name',
			'product_id',
			'what',
			'place',
			'path',
			'params',
			'device',
			'address',
			'by_vendor',
			'reason'
		])
		.where('business_id', '=', businessOf(scope));

function listRows(scope: Scope, part: Narrowing, { from, to, before, most }: Bounds) {
	let query = entries(scope);
	if (part.person !== undefined) query = query.where('person_id', '=', part.person);
	if (part.about !== undefined) query = query.where('about_id', '=', part.about);
	if (part.product !== undefined)
		query =
			part.product === null
				? query.where('product_id', 'is', null)
				: query.where('product_id', '=', part.product);
	if (part.field !== undefined) query = query.where('field', '=', part.field);
	if (part.byItself) query = query.where('person_name', 'is', null).where('field', '=', 'work');
	if (from) query = query.where('occurred_at', '>=', from);
	if (to) query = query.where('occurred_at', '<', to);
	if (before) query = query.where(sql<SqlBool>`(occurred_at, id) < (${before.at}, ${before.id})`);
	return query.orderBy('occurred_at', 'desc').orderBy('id', 'desc').limit(most).execute();
}

async function findRows(
	scope: Scope,
	part: Narrowing,
	{ from, to, before, most }: Bounds,
	search: string
): Promise<Row[]> {
	const narrowed = JSON.stringify({ ...part, ...(from && { from }), ...(to && { to }) });
	const { rows } = await sql<{ id: string }>`select distinct id from activity.search(
		${search}, ${narrowed}, ${before?.at ?? null}, ${before?.id ?? null}, ${most})`.execute(scope.db);
	if (rows.length === 0) return [];
	return entries(scope)
		.where(
			'id',
			'in',
			rows.map(({ id }) => id)
		)
		.execute();
}

function view(row: Row, products: Map<string, NonNullable<ActivityView['product']>>): ActivityView {
	return {
		id: row.id,
		kind: row.kind as ActivityKind,
		field: row.field as ActivityField,
		at: row.occurred_at,
		person: row.person_name === null ? null : { id: row.person_id, name: row.person_name },
		product: products.get(row.product_id ?? '') ?? null,
		what: row.what,
		where: row.place,
		path: row.path,
		params: row.params as Record<string, string | null>,
		device: row.device as Device | null,
		address: row.address,
		vendor: row.by_vendor ? { reason: row.reason } : null
	};
}
