import { sql } from 'kysely';
import * as v from 'valibot';
import { CursorOf, cutPage, PageSize } from '../../platform/cursor.ts';
import { NotFound, violatedConstraint } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId, readBusiness } from '../businesses/index.ts';
import { changePercent, civilDate, monthsUpTo } from './months.ts';

const RecordReferral = v.object({
	businessId: BusinessId,
	resellerId: v.string(),
	channel: v.picklist(['event', 'link', 'phone', 'visit']),
	note: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(500)), ''),
	/** The moment; now unless told. */
	at: v.optional(v.date())
});

/** @throws NotFound for a business or a reseller that does not exist */
export const recordReferral = usecase('referral.record', RecordReferral, async (scope, input) => {
	const at = input.at ?? scope.now;
	const { timeZone } = await readBusiness(scope, { businessId: input.businessId });
	const id = newId('ref', at);
	try {
		await scope.db
			.insertInto('referrals.referrals')
			.values({
				business_id: input.businessId,
				id,
				reseller_id: input.resellerId,
				channel: input.channel,
				note: input.note,
				referred_at: at,
				referred_on: civilDate(at, timeZone)
			})
			.execute();
	} catch (error) {
		if (violatedConstraint(error) === 'referrals_reseller_id_fkey')
			throw new NotFound('This reseller');
		throw error;
	}
	return { id };
});

/** Months in the trend, the running one included. */
const shown = 8;

export interface ReferralSummary {
	total: number;
	/** In the running calendar month so far. */
	thisMonth: number;
	/** In the whole month before; null when nothing was ever referred before this month. */
	lastMonth: number | null;
	/** From last month to this, in per cent with one decimal; null without earlier data. */
	changePercent: number | null;
	/** The last eight calendar months in order, the running one last. */
	months: { month: string; count: number }[];
}

/** How often the scope's business was referred. */
export const readReferralSummary = usecase(
	'referral.read',
	v.object({}),
	async (scope): Promise<ReferralSummary> => {
		const [rows, timeZone] = await Promise.all([
			scope.db
				.selectFrom('referrals.referrals')
				.select(({ fn }) => [
					sql<string>`to_char(referred_on, 'YYYY-MM')`.as('month'),
					fn.countAll<bigint>().as('count')
				])
				.where('business_id', '=', businessOf(scope))
				.groupBy('month')
				.execute(),
			zoneOf(scope)
		]);
		const counts = new Map(rows.map(({ month, count }) => [month, Number(count)]));
		const months = monthsUpTo(civilDate(scope.now, timeZone), shown).map((month) => ({
			month,
			count: counts.get(month) ?? 0
		}));
		const [last, current] = months.slice(-2);
		const thisMonth = current?.count ?? 0;
		const earlier = rows.some(({ month }) => month < (current?.month ?? ''));
		const lastMonth = earlier ? (last?.count ?? 0) : null;
		return {
			total: [...counts.values()].reduce((sum, count) => sum + count, 0),
			thisMonth,
			lastMonth,
			changePercent: lastMonth === null ? null : changePercent(lastMonth, thisMonth),
			months
		};
	}
);

async function zoneOf(scope: Scope): Promise<string> {
	const { actor } = scope;
	return actor.kind === 'member' ? actor.timeZone : (await readBusiness(scope, {})).timeZone;
}

/** Who referred the scope's business, the most frequent first. */
export const listReferralSources = usecase('referral.read', v.object({}), async (scope) => {
	const rows = await scope.db
		.selectFrom('referrals.referrals as r')
		.innerJoin('referrals.resellers as s', 's.id', 'r.reseller_id')
		.select(({ fn }) => [
			's.id',
			's.name',
			's.region',
			fn.countAll<bigint>().as('count'),
			fn.max('r.referred_on').as('lastOn')
		])
		.where('r.business_id', '=', businessOf(scope))
		.groupBy(['s.id', 's.name', 's.region'])
		.orderBy('count', 'desc')
		.orderBy('s.name')
		.execute();
	return rows.map((row) => ({ ...row, count: Number(row.count) }));
});

/** The referrals of the scope's business, newest first. `next` continues behind the last. */
export const listReferrals = usecase(
	'referral.read',
	v.object({
		limit: v.optional(PageSize, 25),
		before: v.optional(CursorOf('ref')),
		resellerId: v.optional(v.string())
	}),
	async (scope, { limit, before, resellerId }) => {
		let query = scope.db
			.selectFrom('referrals.referrals as r')
			.innerJoin('referrals.resellers as s', 's.id', 'r.reseller_id')
			.select([
				'r.id',
				's.name as reseller',
				's.region',
				'r.channel',
				'r.note',
				'r.referred_at as at',
				'r.referred_on as on'
			])
			.where('r.business_id', '=', businessOf(scope));
		if (resellerId) query = query.where('r.reseller_id', '=', resellerId);
		if (before)
			query = query.where(sql<boolean>`(r.referred_at, r.id) < (${before.at}, ${before.id})`);
		const rows = await query
			.orderBy('r.referred_at', 'desc')
			.orderBy('r.id', 'desc')
			.limit(limit + 1)
			.execute();
		const { page, next } = cutPage(rows, limit, (row) => row.at);
		return { referrals: page, next };
	}
);
