import type { Subscription } from '#server/modules/billing/index.ts';
import type { MemberView } from '#server/modules/businesses/index.ts';
import { listVisitors } from '#server/modules/launch/index.ts';
import { listActivePeople } from '#server/modules/usage/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import type { AdoptionView } from './view.ts';

const dayMs = 24 * 3_600_000;
const quietDays = 30;
/** More names than these are counted. */
const mostNames = 5;

/**
 * How far each product has been taken up: places used of those bought, and who was not there for 30 days:
 * neither opened it from here nor used it in any other way that it told.
 */
export async function readAdoption(
	scope: MemberScope,
	subscriptions: readonly Subscription[],
	members: readonly MemberView[]
): Promise<AdoptionView[]> {
	const since = new Date(scope.now.getTime() - quietDays * dayMs);
	const known = new Map(members.map((member) => [member.personId, member]));
	const active = await listActivePeople(scope, { from: since, to: scope.now });
	return Promise.all(
		subscriptions
			.filter(({ status }) => status !== 'ended')
			.map(async ({ product, seats }) => {
				// Who has left the business meanwhile takes no place.
				const people = (await listVisitors(scope, { product: product.slug })).flatMap((visitor) => {
					const member = known.get(visitor.personId);
					if (!member) return [];
					const opened = visitor.lastVisitAt !== null && visitor.lastVisitAt >= since;
					const used = active.get(product.id)?.has(member.email) ?? false;
					return [{ name: member.name, seen: opened || used }];
				});
				const quiet = people
					.filter(({ seen }) => !seen)
					.map(({ name }) => name)
					.sort();
				return {
					product,
					taken: people.length,
					seen: people.length - quiet.length,
					seats,
					quiet: quiet.slice(0, mostNames),
					quietMore: Math.max(0, quiet.length - mostNames)
				};
			})
	);
}
