import { sql } from 'kysely';
import * as v from 'valibot';
import { PageSize } from '../../platform/cursor.ts';
import { idPattern } from '../../platform/ids.ts';
import { usecase } from '../../platform/usecase.ts';
import { selectCoupons, type Coupon } from './coupons.ts';

/** `taken`: somebody may still begin with it; `over`: ended, expired, or used as often as it may be. */
export const couponStandings = ['taken', 'over'] as const;

/** Coupons that fit, the newest first. `next` continues behind the last, null at the end. */
export const findCoupons = usecase(
	'catalogue.manage',
	v.object({
		standing: v.optional(v.picklist(couponStandings)),
		/** Any part of the code or the name. */
		search: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(120)), ''),
		limit: v.optional(PageSize, 25),
		/** `next` of the page before. */
		after: v.optional(v.pipe(v.string(), v.regex(idPattern('cou'))))
	}),
	async (
		scope,
		{ standing, search, limit, after }
	): Promise<{ coupons: Coupon[]; next: string | null }> => {
		const taken = sql<boolean>`ended_at is null and (expires_at is null or expires_at > ${scope.now})
			and (limit_in_all is null or redeemed < limit_in_all)`;
		const rows = await scope.db
			.selectFrom('catalogue.coupons')
			.select('id')
			.$if(standing === 'taken', (query) => query.where(taken))
			.$if(standing === 'over', (query) => query.where(sql<boolean>`not (${taken})`))
			.$if(search !== '', (query) =>
				query.where(
					sql<boolean>`(strpos(code, upper(${search})) > 0 or strpos(lower(name), lower(${search})) > 0)`
				)
			)
			.$if(after !== undefined, (query) => query.where('id', '<', after ?? ''))
			.orderBy('id', 'desc')
			.limit(limit + 1)
			.execute();
		const ids = rows.slice(0, limit).map(({ id }) => id);
		return {
			coupons: ids.length > 0 ? await selectCoupons(scope, undefined, ids) : [],
			next: rows.length > limit ? (ids.at(-1) ?? null) : null
		};
	}
);
