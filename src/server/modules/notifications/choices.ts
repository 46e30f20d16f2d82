import * as v from 'valibot';
import { allowed, type Role } from '../../platform/permissions.ts';
import type { Member, Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readProduct } from '../catalogue/index.ts';

/** What news of a product are about. README.md tells each. */
export const topics = ['state', 'access', 'alerts', 'subscription'] as const;
export type Topic = (typeof topics)[number];

/** How news reach a person. */
export interface Ways {
	bell: boolean;
	mail: boolean;
}

export interface Choice extends Ways {
	topic: Topic;
	/** These news ask for an answer: they are on the bell whatever was chosen. */
	bellAlways: boolean;
}

const bellAlways: readonly Topic[] = ['access', 'subscription'];

/** Which topics ever reach somebody of this role: limits are told to those who may set them. */
function topicsOf(role: Role): Topic[] {
	return topics.filter((topic) => topic !== 'alerts' || allowed(role, 'alert.manage'));
}

/** How somebody of this role hears of a topic who has chosen nothing. */
function defaultsOf(topic: Topic, role: Role): Ways {
	switch (topic) {
		case 'access':
		case 'alerts':
			return { bell: true, mail: true };
		case 'state':
			return { bell: true, mail: allowed(role, 'product.settings-change') };
		case 'subscription':
			// Who leads the business, and who pays its bills.
			return { bell: true, mail: allowed(role, 'billing.read') };
	}
}

function waysOf(topic: Topic, role: Role, chosen: Ways | undefined): Ways {
	const { bell, mail } = chosen ?? defaultsOf(topic, role);
	return { bell: bell || bellAlways.includes(topic), mail };
}

/** How each of these members hears of a topic of a product: one look for all of them. */
export async function listWays(
	{ db }: Scope,
	about: { businessId: string; productId: string; topic: Topic },
	members: readonly { personId: string; role: Role }[]
): Promise<Map<string, Ways>> {
	const rows = await db
		.selectFrom('notifications.choices')
		.select(['person_id', 'bell', 'mail'])
		.where('business_id', '=', about.businessId)
		.where('product_id', '=', about.productId)
		.where('topic', '=', about.topic)
		.execute();
	const chosen = new Map(rows.map((row) => [row.person_id, row]));
	return new Map(
		members.map(({ personId, role }) => [personId, waysOf(about.topic, role, chosen.get(personId))])
	);
}

/** How news of a product reach the person at the door, topic by topic. @throws NotFound */
export const readChoices = usecase(
	'notification.choose',
	v.object({ product: v.string() }),
	async (scope, { product: slug }): Promise<Choice[]> => {
		const { businessId, personId, role } = chooserOf(scope);
		const { id } = await readProduct(scope, { slug });
		const rows = await scope.db
			.selectFrom('notifications.choices')
			.select(['topic', 'bell', 'mail'])
			.where('business_id', '=', businessId)
			.where('person_id', '=', personId)
			.where('product_id', '=', id)
			.execute();
		return topicsOf(role).map((topic) => ({
			topic,
			...waysOf(
				topic,
				role,
				rows.find((row) => row.topic === topic)
			),
			bellAlways: bellAlways.includes(topic)
		}));
	}
);

const Chosen = v.object({ bell: v.boolean(), mail: v.boolean() });

/** Keeps what the person at the door has chosen; a topic that is left out stays as it was. @throws NotFound */
export const saveChoices = usecase(
	'notification.choose',
	v.object({
		product: v.string(),
		choices: v.object({
			state: v.optional(Chosen),
			access: v.optional(Chosen),
			alerts: v.optional(Chosen),
			subscription: v.optional(Chosen)
		})
	}),
	async (scope, { product: slug, choices }) => {
		const { businessId, personId, role } = chooserOf(scope);
		const { id } = await readProduct(scope, { slug });
		const rows = topicsOf(role).flatMap((topic) => {
			const chosen = choices[topic];
			return chosen
				? [
						{
							business_id: businessId,
							person_id: personId,
							product_id: id,
							topic,
							...waysOf(topic, role, chosen),
							chosen_at: scope.now
						}
					]
				: [];
		});
		if (rows.length === 0) return;
		await scope.db
			.insertInto('notifications.choices')
			.values(rows)
			.onConflict((conflict) =>
				conflict
					.columns(['business_id', 'person_id', 'product_id', 'topic'])
					.doUpdateSet(({ ref }) => ({
						bell: ref('excluded.bell'),
						mail: ref('excluded.mail'),
						chosen_at: ref('excluded.chosen_at')
					}))
			)
			.execute();
	}
);

function chooserOf({ actor }: Scope): Member {
	if (actor.kind !== 'member') throw new Error('Only a person chooses how to hear of things.');
	return actor;
}
