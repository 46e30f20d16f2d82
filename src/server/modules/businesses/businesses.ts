import { sql } from 'kysely';
import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import { PageSize } from '../../platform/cursor.ts';
import { emit } from '../../platform/events.ts';
import { isId, newId } from '../../platform/ids.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { oneLine } from '../../platform/schemas.ts';
import { usecase } from '../../platform/usecase.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'business.changed': { name: string; timeZone: string };
	}
}

export const BusinessId = v.custom<string>(
	(value) => isId('biz', value),
	'This is not the id of a business.'
);

const TimeZone = v.pipe(
	v.string(),
	v.check((zone) => {
		try {
			return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
		} catch {
			// RangeError is how Intl says that it does not know the zone.
			return false;
		}
	}, 'This is not a time zone: write one such as Africa/Nairobi.')
);

const Name = v.pipe(
	v.string(),
	v.trim(),
	v.nonEmpty('Write the name of the business.'),
	v.maxLength(120, 'The name of a business has at most 120 characters.'),
	oneLine('The name of a business is one line.')
);

const CreateBusiness = v.object({
	name: Name,
	timeZone: v.optional(TimeZone, 'Africa/Nairobi'),
	currency: v.optional(
		v.pipe(
			v.string(),
			v.regex(/^[A-Z]{3}$/, 'Write a currency by its three letters, such as KES.')
		),
		'KES'
	)
});

export const createBusiness = usecase(
	'business.create',
	CreateBusiness,
	async ({ db, now }, input) => {
		const id = newId('biz', now);
		await db
			.insertInto('businesses.businesses')
			.values({
				id,
				name: input.name,
				time_zone: input.timeZone,
				currency: input.currency,
				created_at: now
			})
			.execute();
		return { id };
	}
);

/** The business that a use case is about: the door's own, or in a system door the one that the input names. */
export function businessIn(scope: Scope, businessId: string | undefined): string {
	if (scope.actor.kind !== 'system') return businessOf(scope);
	if (!businessId) throw new Error('A system door must name the business.');
	return businessId;
}

/** @throws NotFound */
export const readBusiness = usecase(
	'business.read',
	v.object({ businessId: v.optional(BusinessId) }),
	async (scope, { businessId }) => {
		const row = await scope.db
			.selectFrom('businesses.businesses')
			.select(['id', 'name', 'time_zone', 'currency', 'created_at'])
			.where('id', '=', businessIn(scope, businessId))
			.executeTakeFirst();
		if (!row) throw new NotFound('This business');
		return {
			id: row.id,
			name: row.name,
			timeZone: row.time_zone,
			currency: row.currency,
			createdAt: row.created_at
		};
	}
);

/** Changes the name of the scope's business and the zone that its civil dates are reckoned in from now on. */
export const changeBusiness = usecase(
	'business.change',
	v.object({ name: Name, timeZone: TimeZone }),
	async (scope, { name, timeZone }) => {
		const { numUpdatedRows } = await scope.db
			.updateTable('businesses.businesses')
			.set({ name, time_zone: timeZone })
			.where('id', '=', businessOf(scope))
			.where((row) => row.or([row('name', '<>', name), row('time_zone', '<>', timeZone)]))
			.executeTakeFirst();
		if (numUpdatedRows > 0n) await emit(scope, 'business.changed', { name, timeZone });
	}
);

/** Every business by name, or some of them: for staff, jobs and the command line. */
export const listBusinesses = usecase(
	'business.list',
	v.object({ ids: v.optional(v.array(v.string())) }),
	async ({ db }, { ids }) =>
		db
			.selectFrom('businesses.businesses')
			.select(['id', 'name', 'time_zone as timeZone', 'currency', 'created_at as createdAt'])
			.$if(ids !== undefined, (query) => query.where('id', '=', sql<string>`any(${ids ?? []})`))
			.orderBy('name')
			.execute()
);

/** The zones in which businesses reckon their civil dates, each once. */
export const listTimeZones = usecase(
	'business.list',
	v.object({}),
	async ({ db }): Promise<string[]> => {
		const rows = await db
			.selectFrom('businesses.businesses')
			.select('time_zone')
			.distinct()
			.orderBy('time_zone')
			.execute();
		return rows.map((row) => row.time_zone);
	}
);

/** Some businesses by their ids; what there is not is left out. */
export const listSomeBusinesses = usecase(
	'business.list',
	v.object({ businessIds: v.array(BusinessId) }),
	async ({ db }, { businessIds }) => {
		const rows = await db
			.selectFrom('businesses.businesses')
			.select(['id', 'name', 'time_zone as timeZone', 'currency'])
			.where('id', '=', sql<string>`any(${businessIds})`)
			.execute();
		return new Map(rows.map((row) => [row.id, row]));
	}
);

/**
 * Businesses by name, page by page: for staff. `next` continues behind the last, null at the end.
 */
export const findBusinesses = usecase(
	'business.list',
	v.object({
		/** Any part of the name, or the whole id. */
		search: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(120)), ''),
		/** Only these. */
		ids: v.optional(v.array(v.string())),
		limit: v.optional(PageSize, 25),
		/** `next` of the page before. */
		after: v.optional(BusinessId)
	}),
	async ({ db }, { search, ids, limit, after }) => {
		const rows = await db
			.selectFrom('businesses.businesses')
			.select(['id', 'name', 'time_zone as timeZone', 'currency', 'created_at as createdAt'])
			.$if(search !== '', (query) =>
				query.where(sql<boolean>`(strpos(lower(name), lower(${search})) > 0 or id = ${search})`)
			)
			.$if(ids !== undefined, (query) => query.where('id', '=', sql<string>`any(${ids ?? []})`))
			.$if(after !== undefined, (query) =>
				query.where(
					sql<boolean>`(name, id) > (select b.name, b.id from businesses.businesses b where b.id = ${after})`
				)
			)
			.orderBy('name')
			.orderBy('id')
			.limit(limit + 1)
			.execute();
		const businesses = rows.slice(0, limit);
		return { businesses, next: rows.length > limit ? (businesses.at(-1)?.id ?? null) : null };
	}
);
