import type { Agreement, Happening } from '../billing/index.ts';
import type { Turn } from './course.ts';

/** What the history of a subscription says of what happened to it by itself. */
export function happeningsOf(
	{ businessId, id: subscriptionId }: Agreement,
	turns: readonly Turn[]
): Happening[] {
	const its = { businessId, subscriptionId };
	return turns.flatMap((turn): Happening[] => {
		const onDay = turn.day;
		if (turn.kind === 'status')
			return [
				{
					...its,
					kind: turn.from === 'paused' ? 'resumed' : turn.to === 'paused' ? 'paused' : 'status',
					onDay,
					from: { status: turn.from },
					to: { status: turn.to }
				}
			];
		const { plan, seats } = turn;
		return [
			...(plan
				? [
						{
							...its,
							kind: 'plan' as const,
							onDay,
							from: { plan: plan.from.name, planVersion: plan.from.version },
							to: { plan: plan.to.name, planVersion: plan.to.version }
						}
					]
				: []),
			...(seats
				? [
						{
							...its,
							kind: 'seats' as const,
							onDay,
							from: { seats: seats.from },
							to: { seats: seats.to }
						}
					]
				: [])
		];
	});
}
