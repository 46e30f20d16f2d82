import * as v from 'valibot';
import { Invalid, NotFound } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { announceToAll } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readProduct } from './products.ts';
import { VendorTime } from './vendor-time.ts';

export type StateKind = 'degraded' | 'maintenance' | 'outage';

/** How a product stands; without anything in it, it is operational. */
export interface ProductState {
	now: {
		id: string;
		state: StateKind;
		/** The vendor's words to the people of its customers; may be empty. */
		message: string;
		since: Date;
		/** When it should be over. A maintenance is over then by itself. */
		expectedUntil: Date | null;
		reportedBy: 'vendor' | 'watch';
	} | null;
	/** Maintenance to come, the next one first. */
	planned: { id: string; message: string; from: Date; until: Date }[];
}

const severity: Record<StateKind, number> = { outage: 3, maintenance: 2, degraded: 1 };

// As with products: within one transaction once is enough.
const listed = new WeakMap<Scope, Promise<Map<string, ProductState>>>();

/** Whoever holds the product sees it at once, on every process: which businesses those are, billing knows. */
async function changed(scope: Scope): Promise<void> {
	listed.delete(scope);
	await announceToAll(scope, 'launch');
}

/** How every product stands, by its id: the worst of what is the case, and what is planned. */
export const listProductStates = usecase(
	'catalogue.read',
	v.object({}),
	async (scope): Promise<Map<string, ProductState>> => {
		const known = listed.get(scope);
		if (known) return known;
		const states = readStates(scope);
		listed.set(scope, states);
		return states;
	}
);

async function readStates({ db, now }: Scope): Promise<Map<string, ProductState>> {
	const rows = await db
		.selectFrom('catalogue.products as p')
		.leftJoin('catalogue.product_states as s', (join) =>
			join
				.onRef('s.product_id', '=', 'p.id')
				.on('s.ended_at', 'is', null)
				.on((on) => on.or([on('s.state', '<>', 'maintenance'), on('s.expected_until', '>', now)]))
		)
		.select([
			'p.id as productId',
			's.id',
			's.state',
			's.message',
			's.starts_at',
			's.expected_until',
			's.reported_by'
		])
		.orderBy('s.starts_at')
		.execute();
	const states = new Map<string, ProductState>();
	for (const row of rows) {
		const state: ProductState = states.get(row.productId) ?? { now: null, planned: [] };
		states.set(row.productId, state);
		const { id, message, starts_at: from, expected_until: until } = row;
		if (id === null || message === null || from === null) continue;
		if (from > now) {
			if (until) state.planned.push({ id, message, from, until });
			continue;
		}
		const kind = row.state as StateKind;
		const reportedBy = row.reported_by as 'vendor' | 'watch';
		// Of two that are as bad, the one about which a person has said something.
		const rank = (of: StateKind, by: string) => severity[of] * 2 + (by === 'vendor' ? 1 : 0);
		if (state.now && rank(kind, reportedBy) <= rank(state.now.state, state.now.reportedBy))
			continue;
		state.now = { id, state: kind, message, since: from, expectedUntil: until, reportedBy };
	}
	return states;
}

const Message = v.optional(
	v.pipe(v.string(), v.trim(), v.maxLength(500, 'A message has at most 500 characters.')),
	''
);

/**
 * Says that a product works badly or not at all, in place of what the vendor said of it before. The same state
 * with other words is the same one: nobody is told twice that it began.
 */
export const reportProductState = usecase(
	'product.operate',
	v.object({
		product: v.string(),
		state: v.picklist(['degraded', 'outage'], 'Choose degraded or outage.'),
		message: Message,
		/** When it should work again. */
		expectedUntil: v.optional(v.nullable(VendorTime), null)
	}),
	async (scope, input): Promise<{ id: string }> => {
		const { db, now } = scope;
		await changed(scope);
		if (input.expectedUntil && input.expectedUntil <= now)
			throw new Invalid([{ path: 'expectedUntil', message: 'Give a time that is to come.' }]);
		// Two that report at once do so one after the other, and the later one stands.
		const product = await db
			.selectFrom('catalogue.products')
			.select('id')
			.where('slug', '=', input.product)
			.forUpdate()
			.executeTakeFirst();
		if (!product) throw new NotFound(`The product ${input.product.slice(0, 41)}`);
		const words = { message: input.message, expected_until: input.expectedUntil };
		const before = await db
			.selectFrom('catalogue.product_states')
			.select(['id', 'state'])
			.where('product_id', '=', product.id)
			.where('reported_by', '=', 'vendor')
			.where('state', '<>', 'maintenance')
			.where('ended_at', 'is', null)
			.executeTakeFirst();
		if (before?.state === input.state) {
			await db
				.updateTable('catalogue.product_states')
				.set(words)
				.where('id', '=', before.id)
				.execute();
			return { id: before.id };
		}
		if (before)
			await db
				.updateTable('catalogue.product_states')
				// What follows is told instead.
				.set({ ended_at: now, end_told_at: now })
				.where('id', '=', before.id)
				.execute();
		return open(scope, product.id, { ...words, state: input.state, starts_at: now });
	}
);

/** The longest maintenance, and how long before it can be planned: beyond them it is a slip of the pen. */
const longest = { maintenanceDays: 14, aheadDays: 366 };

/** Plans a time at which the product will not work; a start that is past means that it begins now. */
export const planMaintenance = usecase(
	'product.operate',
	v.object({
		product: v.string(),
		from: VendorTime,
		until: VendorTime,
		message: Message
	}),
	async (scope, { product: slug, from, until, message }): Promise<{ id: string }> => {
		await changed(scope);
		const { now } = scope;
		const after = (start: Date, days: number) => new Date(start.getTime() + days * 86_400_000);
		if (until <= from) throw wrong('until', 'It must be over after it begins.');
		if (until <= now) throw wrong('until', 'Give a time that is to come.');
		if (until > after(from, longest.maintenanceDays))
			throw wrong('until', `Give at most ${longest.maintenanceDays} days.`);
		if (from > after(now, longest.aheadDays))
			throw wrong('from', 'Give a time within the year to come.');
		const product = await readProduct(scope, { slug });
		return open(scope, product.id, {
			state: 'maintenance',
			message,
			starts_at: from,
			expected_until: until
		});
	}
);

function wrong(path: string, message: string): Invalid {
	return new Invalid([{ path, message }]);
}

async function open(
	{ db, now }: Scope,
	productId: string,
	row: { state: StateKind; message: string; starts_at: Date; expected_until: Date | null }
): Promise<{ id: string }> {
	return db
		.insertInto('catalogue.product_states')
		.values({
			id: newId('sta', now),
			product_id: productId,
			reported_by: 'vendor',
			created_at: now,
			...row
		})
		.returning('id')
		.executeTakeFirstOrThrow();
}

/**
 * Ends a state, or calls off a maintenance that has not begun.
 * @throws NotFound for one that is over.
 */
export const endProductState = usecase(
	'product.operate',
	v.object({ id: v.string() }),
	async (scope, { id }): Promise<void> => {
		await changed(scope);
		const { db, now } = scope;
		const { numUpdatedRows } = await db
			.updateTable('catalogue.product_states')
			.set({ ended_at: now })
			.where('id', '=', id)
			.where('ended_at', 'is', null)
			.where((row) => row.or([row('state', '<>', 'maintenance'), row('expected_until', '>', now)]))
			.executeTakeFirst();
		if (numUpdatedRows === 0n) throw new NotFound('This state of a product');
	}
);

/** Says that the product works again: ends whatever is the case now, and leaves what is planned. */
export const restoreProduct = usecase(
	'product.operate',
	v.object({ product: v.string() }),
	async (scope, { product }): Promise<{ ended: number }> => {
		await changed(scope);
		const { db, now } = scope;
		const { id } = await readProduct(scope, { slug: product });
		const { numUpdatedRows } = await db
			.updateTable('catalogue.product_states')
			.set({ ended_at: now })
			.where('product_id', '=', id)
			.where('ended_at', 'is', null)
			.where('starts_at', '<=', now)
			.where((row) => row.or([row('state', '<>', 'maintenance'), row('expected_until', '>', now)]))
			.executeTakeFirst();
		return { ended: Number(numUpdatedRows) };
	}
);
