import { post } from '../../platform/mail.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { listMembers } from '../businesses/index.ts';
import { listProducts } from '../catalogue/index.ts';
import { listWays, type Topic, type Ways } from './choices.ts';
import { letterAbout, type News } from './letters.ts';
import { notify, type Told } from './notifications.ts';

export interface ProductNews extends Told {
	productId: string;
	topic: Topic;
	/** In these ways alone, as far as each chose them. */
	only?: readonly (keyof Ways)[];
	/** The same by mail, for those who want it. Without it the news is on the bell alone. */
	letter?: News;
}

/** What is older no longer goes by mail: a history that was brought in, jobs that stood still. */
export const freshMs = 3 * 86_400_000;

/**
 * Tells some people of a business something about a product, each in the ways that they chose. Who has
 * left the business is passed over. Told again with the same key, it reaches nobody twice.
 */
export async function tell(scope: Scope, news: ProductNews): Promise<void> {
	if (!isSystem(scope)) throw new Error('News are told by jobs.');
	const { businessId, letter } = news;
	const members = (await listMembers(scope, { businessId })).filter(({ personId }) =>
		news.personIds.includes(personId)
	);
	if (members.length === 0) return;
	const ways = await listWays(scope, news, members);
	const by = (way: keyof Ways) =>
		news.only && !news.only.includes(way)
			? []
			: members.filter(({ personId }) => ways.get(personId)?.[way]);

	await notify(scope, { ...news, personIds: by('bell').map(({ personId }) => personId) });
	if (!letter || scope.now.getTime() - news.at.getTime() > freshMs) return;
	const unwritten = await noteLetters(scope, news, by('mail'));
	if (unwritten.length === 0) return;
	const product = (await listProducts(scope, {})).find(({ id }) => id === news.productId);
	if (!product) return;
	for (const member of unwritten) await post(scope, letterAbout(product, letter, member));
}

function isSystem(scope: Scope): scope is Scope<System> {
	return scope.actor.kind === 'system';
}

/** Notes that these are written to. @returns those who had not been */
async function noteLetters<M extends { personId: string }>(
	scope: Scope<System>,
	{ businessId, key }: ProductNews,
	members: M[]
): Promise<M[]> {
	if (members.length === 0) return [];
	const rows = await scope.db
		.insertInto('notifications.letters')
		.values(
			members.map(({ personId }) => ({
				business_id: businessId,
				person_id: personId,
				key,
				posted_at: scope.now
			}))
		)
		.onConflict((conflict) => conflict.columns(['business_id', 'person_id', 'key']).doNothing())
		.returning('person_id')
		.execute();
	const noted = new Set(rows.map((row) => row.person_id));
	return members.filter(({ personId }) => noted.has(personId));
}
