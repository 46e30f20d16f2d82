import type { RequestEvent } from '@sveltejs/kit';
import { readProduct } from '#server/modules/catalogue/index.ts';
import { readChoices, saveChoices, topics } from '#server/modules/notifications/index.ts';
import { form, type MemberScope } from '#server/web/page.ts';

type ProductEvent = RequestEvent<{ slug: string }>;

/** What NotificationsPanel.svelte draws: how news of a product reach the person. */
export async function readNews(scope: MemberScope, slug: string) {
	const [product, choices] = await Promise.all([
		readProduct(scope, { slug }),
		readChoices(scope, { product: slug })
	]);
	return { productName: product.name, choices };
}

export type NewsData = Awaited<ReturnType<typeof readNews>>;

export const choiceActions = {
	/** A box that is not ticked is not sent; topics that the person is not shown are passed over. */
	choices: form(saveChoices, {
		input: (fields, { params }: ProductEvent) => ({
			product: params.slug,
			choices: Object.fromEntries(
				topics.map((topic) => [
					topic,
					{ bell: `${topic}-bell` in fields, mail: `${topic}-mail` in fields }
				])
			)
		}),
		done: (_, { params }) => ({
			to: `/products/${params.slug}/settings?done=choices#notifications`
		})
	})
};
