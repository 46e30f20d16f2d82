import { error } from '@sveltejs/kit';
import { civilDate, formatDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { readSubscriptionState } from '#server/modules/billing/index.ts';
import type { LaunchRefusal, LaunchView } from '#server/modules/launch/index.ts';
import { mayDo, type MemberScope } from '#server/web/page.ts';

/** Whom to ask where a limit has suspended the product; null for those who may open it themselves. */
export function askOf(scope: MemberScope, { granters }: LaunchView): string | null {
	return mayDo(scope.actor, 'alert.manage') ? null : (granters[0] ?? m.home_launch_somebody());
}

/** The page that says why this person cannot launch the product, and what they can do about it. */
export async function refuse(scope: MemberScope, view: LaunchView): Promise<void> {
	if (!view.refusal) return;
	const refusal = await reasonOf(scope, view);
	const { product, granters, request } = view;
	const mayGrant = mayDo(scope.actor, 'launch.access-manage');
	const words =
		mayGrant && refusal === 'no_access'
			? m.launch_no_access_own({ product: product.name })
			: refusal === 'limited'
				? limitWords(scope, view)
				: wordsOf(refusal, product.name, granters);
	error(403, words, {
		code: refusal,
		launch: {
			slug: product.slug,
			product: product.name,
			mayAsk: refusal === 'no_access' && !mayGrant,
			mayGrant: refusal === 'no_access' && mayGrant,
			askedAt: refusal === 'no_access' ? (request?.askedAt ?? null) : null,
			mayPay: mayDo(scope.actor, 'billing.read'),
			mayLift: refusal === 'limited' && mayDo(scope.actor, 'alert.manage')
		}
	});
}

/** What is shut for the whole business is said before what is shut for this person. */
async function reasonOf(scope: MemberScope, view: LaunchView) {
	const { refusal, mode, limitedUntil, product } = view;
	if (refusal !== 'no_access' || mode !== 'closed') return refusal ?? 'no_access';
	if (limitedUntil) return 'limited';
	const subscription = await readSubscriptionState(scope, { productId: product.id });
	if (!subscription) return 'not_subscribed';
	return subscription.status === 'ended' ? 'ended' : 'suspended';
}

function limitWords(scope: MemberScope, view: LaunchView): string {
	const { product, limitedUntil } = view;
	const person = askOf(scope, view);
	const said = {
		product: product.name,
		date: limitedUntil ? formatDate(civilDate(limitedUntil, scope.actor.timeZone)) : ''
	};
	return person === null ? m.launch_limited_own(said) : m.launch_limited({ ...said, person });
}

function wordsOf(
	refusal: Exclude<LaunchRefusal, 'limited'>,
	product: string,
	[first, second]: string[]
): string {
	switch (refusal) {
		case 'no_access':
			if (first === undefined) return m.launch_no_access({ product });
			return second === undefined
				? m.launch_no_access_ask({ product, person: first })
				: m.launch_no_access_ask_two({ product, person: first, other: second });
		case 'not_subscribed':
			return m.launch_not_subscribed({ product });
		case 'suspended':
			return m.launch_suspended({ product });
		case 'ended':
			return m.launch_ended({ product });
		case 'no_address':
			return m.launch_no_address({ product });
	}
}
