import { sql } from 'kysely';
import * as v from 'valibot';
import { CursorOf, cutPage, PageSize } from '../../platform/cursor.ts';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readProduct } from '../catalogue/index.ts';
import type { Device } from './devices.ts';

/** Somebody who may open a product, and how they last did. */
export interface Visitor {
	personId: string;
	role: string;
	/** Null for somebody who never opened it. */
	lastVisitAt: Date | null;
	device: Device | null;
	userAgent: string | null;
	/** How often they opened it in the last thirty days. */
	visits30Days: number;
}

/** Everybody who may open a product, those who were there last at the top. One query, whatever the number of visits. */
export const listVisitors = usecase(
	'launch.read',
	v.object({ product: v.string() }),
	async (scope, { product }): Promise<Visitor[]> => {
		const { id } = await readProduct(scope, { slug: product });
		const businessId = businessOf(scope);
		const since = new Date(scope.now.getTime() - 30 * 86_400_000);
		const { rows } = await sql<Visitor>`
			select a.person_id as "personId", a.role, last.visited_at as "lastVisitAt", last.device,
				last.user_agent as "userAgent", recent.visits as "visits30Days"
			from launch.accesses a
			left join lateral (
				select visited_at, device, user_agent from launch.visits v
				where v.business_id = ${businessId} and v.product_id = ${id} and v.person_id = a.person_id
				order by visited_at desc limit 1
			) last on true
			cross join lateral (
				select count(*)::int as visits from launch.visits v
				where v.business_id = ${businessId} and v.product_id = ${id} and v.person_id = a.person_id
					and v.visited_at > ${since}
			) recent
			where a.business_id = ${businessId} and a.product_id = ${id}
			order by last.visited_at desc nulls last, a.granted_at, a.person_id`.execute(scope.db);
		return rows;
	}
);

export interface Visit {
	id: string;
	personId: string;
	device: Device;
	userAgent: string;
	visitedAt: Date;
}

/** Who opened a product, newest first. `next` continues behind the last. */
export const listVisits = usecase(
	'launch.read',
	v.object({
		product: v.string(),
		limit: v.optional(PageSize, 25),
		before: v.optional(CursorOf('vis'))
	}),
	async (scope, { product, limit, before }): Promise<{ visits: Visit[]; next: string | null }> => {
		const { id } = await readProduct(scope, { slug: product });
		let query = scope.db
			.selectFrom('launch.visits')
			.select([
				'id',
				'person_id as personId',
				'device',
				'user_agent as userAgent',
				'visited_at as visitedAt'
			])
			.where('business_id', '=', businessOf(scope))
			.where('product_id', '=', id);
		if (before) query = query.where(sql<boolean>`(visited_at, id) < (${before.at}, ${before.id})`);
		const rows = await query
			.orderBy('visited_at', 'desc')
			.orderBy('id', 'desc')
			.limit(limit + 1)
			.execute();
		const { page, next } = cutPage(rows, limit, (row) => row.visitedAt);
		return { visits: page.map((row) => ({ ...row, device: row.device as Device })), next };
	}
);
