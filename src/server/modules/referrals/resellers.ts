import * as v from 'valibot';
import { newId } from '../../platform/ids.ts';
import { usecase } from '../../platform/usecase.ts';

const SaveReseller = v.object({
	name: v.pipe(
		v.string(),
		v.trim(),
		v.nonEmpty('Write the name of the reseller.'),
		v.maxLength(120)
	),
	region: v.pipe(v.string(), v.trim(), v.nonEmpty('Write the region.'), v.maxLength(120))
});

/** Makes the reseller of this name, or changes the one there is. */
export const saveReseller = usecase('referral.record', SaveReseller, async ({ db, now }, input) =>
	db
		.insertInto('referrals.resellers')
		.values({ id: newId('res', now), name: input.name, region: input.region, created_at: now })
		.onConflict((conflict) => conflict.column('name').doUpdateSet({ region: input.region }))
		.returning('id')
		.executeTakeFirstOrThrow()
);
