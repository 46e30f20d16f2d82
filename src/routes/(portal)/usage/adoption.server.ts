import type { Subscription } from '#server/modules/billing/index.ts';
import type { MemberView } from '#server/modules/businesses/index.ts';
import { listVisitors } from '#server/modules/launch/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import type { AdoptionView } from './view.ts';

const dayMs = 24 * 3_600_000;
const quietDays = 30;
/** More names than these are counted. */
const mostNames = 5;

/** How far each product has been taken up: places used of those bought, and who was not there for 30 days. */
export async function readAdoption(
	scope: MemberScope,
	subscriptions: readonly Subscription[],
	members: readonly MemberView[]
): Promise<AdoptionView[]> {
	const since = new Date(scope.now.getTime() - quietDays * dayMs);
	const names = new Map(members.map(({ personId, name }) => [personId, name]));
	return Promise.all(
		subscriptions
			.filter(({ status }) => status !== 'ended')
			.map(async ({ product, seats }) => {
				// Who has left the business meanwhile takes no place.
				const people = (await listVisitors(scope, { product: product.slug })).flatMap((visitor) => {
					const name = names.get(visitor.personId);
					return name === undefined ? [] : [{ name, lastVisitAt: visitor.lastVisitAt }];
				});
				const quiet = people
					.filter(({ lastVisitAt }) => lastVisitAt === null || lastVisitAt < since)
					.map(({ name }) => name)
					.sort();
				return {
					product,
					taken: people.length,
					seats,
					quiet: quiet.slice(0, mostNames),
					quietMore: Math.max(0, quiet.length - mostNames)
				};
			})
	);
}
