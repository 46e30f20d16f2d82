import type { PlanPrice } from '#server/modules/catalogue/index.ts';
import { plan, use } from '../billing.ts';
import type { Chance } from './chance.ts';

/** A plan, and what it costs in plain numbers. */
export interface LifePlan {
	slug: string;
	interval: 'week' | 'month' | 'quarter';
	/** By seconds, or by days. */
	proration: 'day' | 'second';
	flatMinor: bigint;
	/** Nothing where it sells none. */
	seatMinor: bigint;
}

/** What a unit of data costs in every plan, so that what it comes to is known whatever plan held. */
export const unitMinor = 125n;

const major = (minor: bigint): string => `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;

const callPrices: PlanPrice['price'][] = [
	{
		model: 'graduated',
		tiers: [
			{ up_to: '50', unit_amount: '3.333' },
			{ up_to: null, unit_amount: '1.10', flat_amount: '7' }
		]
	},
	{
		model: 'volume',
		tiers: [
			{ up_to: '40', unit_amount: '5' },
			{ up_to: null, unit_amount: '2.005' }
		]
	},
	{ model: 'package', package_amount: '40', package_size: '25' }
];

/** Plans of every make: before and after, of three intervals, with seats, tiers, a minimum and a start. */
export async function makePlans(chance: Chance): Promise<LifePlan[]> {
	const plans: LifePlan[] = [];
	for (let count = 0; count < 5; count += 1) {
		const interval = chance.pick(['week', 'month', 'month', 'quarter'] as const);
		const proration = chance.happens(0.8) ? ('day' as const) : ('second' as const);
		const flatMinor = BigInt(chance.whole(10_000, 2_000_000));
		const seatMinor = chance.happens(0.5) ? BigInt(chance.whole(1_000, 99_999)) : 0n;
		const taxed = () => ({
			taxClass: chance.pick(['standard', 'standard', 'zero', 'exempt'] as const),
			taxIncluded: chance.happens(0.4)
		});
		const slug = await plan(
			[
				{ slug: 'base', price: { model: 'flat', amount: major(flatMinor) }, ...taxed() },
				...(seatMinor === 0n
					? []
					: [
							{
								slug: 'seats',
								kind: 'seat' as const,
								price: { model: 'per_unit' as const, unit_amount: major(seatMinor) },
								...taxed()
							}
						]),
				{ slug: 'data', ...use({ model: 'per_unit', unit_amount: major(unitMinor) }), ...taxed() },
				{ slug: 'calls', ...use(chance.pick(callPrices), 'calls'), ...taxed() },
				...(chance.happens(0.3)
					? [
							{
								slug: 'least',
								kind: 'minimum' as const,
								price: { model: 'flat' as const, amount: '5000' },
								...taxed()
							}
						]
					: []),
				...(chance.happens(0.3)
					? [
							{
								slug: 'start',
								kind: 'one_off' as const,
								price: { model: 'flat' as const, amount: '499.99' },
								...taxed()
							}
						]
					: [])
			],
			{
				interval,
				proration,
				inAdvance: chance.happens(0.7),
				upgrade: chance.happens(0.8) ? 'at_once' : 'period_end',
				downgrade: chance.happens(0.5) ? 'at_once' : 'period_end',
				cancellation: chance.happens(0.5) ? 'at_once' : 'period_end',
				seats: seatMinor === 0n ? null : 2
			}
		);
		plans.push({ slug, interval, proration, flatMinor, seatMinor });
	}
	return plans;
}
