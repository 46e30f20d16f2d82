import {
	readReferralSummary,
	recordReferral,
	saveReseller
} from '#server/modules/referrals/index.ts';
import { mavunoReferrals, pwaniReferrals, resellers, tellReferrals } from '../referrals.ts';
import { asMember, asSystem, names, ownerOf, type Cast, type Telling } from '../telling.ts';

export async function tellAllReferrals(telling: Telling): Promise<void> {
	await refer(telling, telling.mavuno, names.mavuno, mavunoReferrals);
	await refer(telling, telling.pwani, names.pwani, pwaniReferrals);
}

/** In one transaction: told whole or not at all. */
async function refer(
	{ calendar }: Telling,
	cast: Cast,
	business: string,
	counts: number[]
): Promise<void> {
	const { total } = await asMember(
		ownerOf(cast),
		(scope) => readReferralSummary(scope, {}),
		calendar.now
	);
	if (total > 0) return;
	await asSystem(async (scope) => {
		const ids: string[] = [];
		for (const reseller of resellers) ids.push((await saveReseller(scope, reseller)).id);
		for (const { reseller, channel, note, at } of tellReferrals(business, counts, calendar))
			await recordReferral(scope, {
				businessId: cast.businessId,
				resellerId: ids[reseller] ?? '',
				channel,
				note,
				at
			});
	}, calendar.now);
}
