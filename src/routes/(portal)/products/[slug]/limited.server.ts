import { readBusiness } from '#server/modules/businesses/index.ts';
import { listGranters, type Launcher } from '#server/modules/launch/index.ts';
import { listSuspensions } from '#server/modules/usage/index.ts';
import { mayDo, type MemberScope } from '#server/web/page.ts';

/** Why limits of the business's own have suspended a product, and who can open it; null where none has. */
export async function readLimited(
	scope: MemberScope,
	productId: string,
	{ mode, limitedUntil }: Pick<Launcher, 'mode' | 'limitedUntil'>
) {
	if (!limitedUntil || mode === 'full') return null;
	const [suspensions, { currency }, leaders] = await Promise.all([
		listSuspensions(scope, { productId }),
		readBusiness(scope, {}),
		listGranters(scope, {})
	]);
	return {
		mode,
		until: limitedUntil,
		reasons: suspensions.map(({ alertId, meter, limit, since, until }) => ({
			alertId,
			meter: meter.name,
			unit: meter.unit,
			limit: Number(limit),
			currency,
			since,
			ends: until
		})),
		mayLift: mayDo(scope.actor, 'alert.manage'),
		leaders
	};
}

export type LimitedView = NonNullable<Awaited<ReturnType<typeof readLimited>>>;
