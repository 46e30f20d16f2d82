import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import * as v from 'valibot';
import { Conflict, Invalid, NotFound, violatedConstraint } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { Currency } from '../rating/index.ts';
import { listPlans } from './plans.ts';
import { listProducts } from './products.ts';
import { VendorTime } from './vendor-time.ts';
import { nameOf } from './version-rows.ts';

export const couponDurations = ['once', 'periods', 'for_ever'] as const;
export type CouponDuration = (typeof couponDurations)[number];

/** As it is stored and compared: in capitals, without spaces. */
export const CouponCode = v.pipe(
	v.string('Write the code.'),
	v.transform((text) => text.replace(/\s/g, '').toUpperCase()),
	v.regex(
		/^[A-Z0-9][A-Z0-9-]{3,39}$/,
		'A code has 4 to 40 letters, digits and hyphens, beginning with a letter or digit.'
	)
);

const howOften = v.optional(
	v.nullable(
		v.pipe(
			v.number('Write a number.'),
			v.integer('Write a whole number.'),
			v.minValue(1, 'Give at least one.'),
			v.maxValue(1_000_000, 'Give at most 1,000,000.')
		)
	),
	null
);

const SaveCoupon = v.pipe(
	v.strictObject({
		/** Left out, one that nobody guesses. */
		code: v.optional(CouponCode),
		/** What a line for it says: `Early bird`. */
		name: v.pipe(
			v.string(),
			v.trim(),
			v.nonEmpty('Write what a line for it says.'),
			v.maxLength(120, 'A name has at most 120 characters.')
		),
		/** Minor units of the currency, before tax; or else a percentage. */
		amountMinor: v.optional(
			v.nullable(v.pipe(v.bigint(), v.minValue(1n, 'It must be above zero.'))),
			null
		),
		currency: v.optional(v.nullable(Currency), null),
		/** An exact decimal, above zero and at most 100. */
		percent: v.optional(
			v.nullable(
				v.pipe(
					v.string(),
					v.trim(),
					v.regex(
						/^(100|\d{1,2}(\.\d{1,4})?)$/,
						'Write a percentage such as 15 or 12.5, at most 100.'
					),
					v.regex(/[1-9]/, 'It must be above zero.')
				)
			),
			null
		),
		duration: v.optional(v.picklist(couponDurations, 'Choose once, periods or for_ever.'), 'once'),
		/** How many periods, where it is for some. */
		periods: howOften,
		expiresAt: v.optional(v.nullable(VendorTime), null),
		limitInAll: howOften,
		limitPerBusiness: howOften,
		/** Which plans it is for, by the slugs of product and plan; none means all. */
		plans: v.optional(v.array(v.object({ product: v.string(), plan: v.string() })), [])
	}),
	v.forward(
		v.check(
			({ amountMinor, percent }) => (amountMinor === null) !== (percent === null),
			'Give either an amount or a percentage.'
		),
		['percent']
	),
	v.forward(
		v.check(
			({ amountMinor, currency }) => (amountMinor === null) === (currency === null),
			'An amount has a currency, and only an amount.'
		),
		['currency']
	),
	v.forward(
		v.check(
			({ duration, periods }) => (duration === 'periods') === (periods !== null),
			'Give a number of periods where it is for some periods, and only there.'
		),
		['periods']
	)
);

/**
 * Makes a coupon. What it gives never changes afterwards.
 * @throws Invalid; NotFound for a plan that is not on offer; Conflict `code_taken`
 */
export const saveCoupon = usecase(
	'catalogue.manage',
	SaveCoupon,
	async (
		scope,
		{ plans: asked, code = newCode(), ...input }
	): Promise<{ id: string; code: string }> => {
		const { db, actor, now } = scope;
		if (input.expiresAt && input.expiresAt <= now)
			throw new Invalid([{ path: 'expiresAt', message: 'Give a time that is to come.' }]);
		const planIds = await idsOf(scope, asked);
		const id = newId('cou', now);
		try {
			await db
				.insertInto('catalogue.coupons')
				.values({
					id,
					code,
					name: input.name,
					amount_minor: input.amountMinor,
					currency: input.currency,
					percent: input.percent,
					duration: input.duration,
					periods: input.periods,
					expires_at: input.expiresAt,
					limit_in_all: input.limitInAll,
					limit_per_business: input.limitPerBusiness,
					made_by: nameOf(actor),
					made_at: now
				})
				.execute();
		} catch (error) {
			if (violatedConstraint(error) === 'coupons_code_key')
				throw new Conflict('code_taken', 'Another coupon has or had this code.');
			throw error;
		}
		if (planIds.size > 0)
			await db
				.insertInto('catalogue.coupon_plans')
				.values([...planIds].map((planId) => ({ coupon_id: id, plan_id: planId })))
				.execute();
		return { id, code };
	}
);

async function idsOf(
	scope: Scope,
	asked: { product: string; plan: string }[]
): Promise<Set<string>> {
	if (asked.length === 0) return new Set();
	const [products, plans] = await Promise.all([listProducts(scope, {}), listPlans(scope, {})]);
	return new Set(
		asked.map(({ product, plan }) => {
			const productId = products.find(({ slug }) => slug === product)?.id;
			const found = plans.find((each) => each.productId === productId && each.slug === plan);
			if (!found) throw new NotFound(`The plan ${plan.slice(0, 41)} of ${product.slice(0, 41)}`);
			return found.id;
		})
	);
}

// Crockford's base 32 in capitals: nothing that is read wrong over the telephone.
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Sixty random bits: `7K2M-9QXB-A4TN`. */
export function newCode(): string {
	const four = () => Array.from({ length: 4 }, () => letters.charAt(randomInt(32))).join('');
	return `${four()}-${four()}-${four()}`;
}

export interface Coupon {
	id: string;
	code: string;
	name: string;
	/** Minor units of the currency, before tax; null where it is a percentage. */
	amountMinor: bigint | null;
	currency: string | null;
	/** Exact decimal; null where it is an amount. */
	percent: string | null;
	duration: CouponDuration;
	periods: number | null;
	expiresAt: Date | null;
	limitInAll: number | null;
	limitPerBusiness: number | null;
	/** How often it was used. */
	redeemed: number;
	endedAt: Date | null;
	/** Whether it is still taken, and if not why. */
	state: 'taken' | 'expired' | 'ended';
	/** The plans that it is for; none means all. */
	planIds: string[];
	madeBy: string;
	madeAt: Date;
}

/** All that were ever made, the newest first. */
export const listCoupons = usecase('catalogue.manage', v.object({}), (scope): Promise<Coupon[]> =>
	selectCoupons(scope)
);

/** @throws NotFound */
export const readCoupon = usecase(
	'catalogue.manage',
	v.object({ code: v.string() }),
	async (scope, { code }): Promise<Coupon> => {
		const [coupon] = await selectCoupons(scope, code);
		if (!coupon) throw new NotFound('This coupon');
		return coupon;
	}
);

/** Without a check: for the use cases of this module, which have made theirs. */
export async function selectCoupons(
	{ db, now }: Scope,
	code?: string,
	ids?: readonly string[]
): Promise<Coupon[]> {
	const [rows, plans] = await Promise.all([
		db
			.selectFrom('catalogue.coupons')
			.select([
				'id',
				'code',
				'name',
				'amount_minor as amountMinor',
				'currency',
				'percent',
				'duration',
				'periods',
				'expires_at as expiresAt',
				'limit_in_all as limitInAll',
				'limit_per_business as limitPerBusiness',
				'redeemed',
				'ended_at as endedAt',
				'made_by as madeBy',
				'made_at as madeAt'
			])
			.$if(code !== undefined, (query) => query.where('code', '=', code as string))
			.$if(ids !== undefined, (query) =>
				query.where('id', '=', sql<string>`any(${[...(ids ?? [])]})`)
			)
			.orderBy('id', 'desc')
			.execute(),
		db
			.selectFrom('catalogue.coupon_plans as p')
			.innerJoin('catalogue.coupons as c', 'c.id', 'p.coupon_id')
			.select(['p.coupon_id', 'p.plan_id'])
			.$if(code !== undefined, (query) => query.where('c.code', '=', code as string))
			.$if(ids !== undefined, (query) =>
				query.where('c.id', '=', sql<string>`any(${[...(ids ?? [])]})`)
			)
			.execute()
	]);
	return rows.map((row) => ({
		...row,
		duration: row.duration as CouponDuration,
		state: row.endedAt ? 'ended' : row.expiresAt && row.expiresAt <= now ? 'expired' : 'taken',
		planIds: plans.filter(({ coupon_id }) => coupon_id === row.id).map(({ plan_id }) => plan_id)
	}));
}

/**
 * Ends a coupon: nobody begins with it any more, and what was begun goes on.
 * @throws NotFound, for one that was ended already too
 */
export const endCoupon = usecase(
	'catalogue.manage',
	v.object({ code: CouponCode }),
	async ({ db, now }, { code }): Promise<void> => {
		const { numUpdatedRows } = await db
			.updateTable('catalogue.coupons')
			.set({ ended_at: now })
			.where('code', '=', code)
			.where('ended_at', 'is', null)
			.executeTakeFirst();
		if (numUpdatedRows === 0n) throw new NotFound(`The coupon ${code}`);
	}
);
