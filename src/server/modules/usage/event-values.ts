import { usecase } from '../../platform/usecase.ts';
import { readBusiness } from '../businesses/index.ts';
import { startOfDay } from '../rating/index.ts';
import { MeteredPeriod } from './billed-periods.ts';
import { readStored } from './stored.ts';
import { selectVersions } from './versions.ts';

/**
 * What a meter took from each event of a period, in the order in which they happened: for prices that ask for each.
 * Of months whose events were dropped there is nothing; what is billed is younger.
 * @returns exact decimals; nothing for a meter that counts events or tells values apart
 */
export const listEventValues = usecase(
	'usage.close',
	MeteredPeriod,
	async (scope, { businessId, productId, meter, start, end }): Promise<string[]> => {
		const found = await scope.db
			.selectFrom('usage.meters')
			.select('id')
			.where('product_id', '=', productId)
			.where('slug', '=', meter)
			.executeTakeFirst();
		if (!found) return [];
		const zone =
			(
				await scope.db
					.selectFrom('usage.zones')
					.select('time_zone')
					.where('business_id', '=', businessId)
					.executeTakeFirst()
			)?.time_zone ?? (await readBusiness(scope, { businessId })).timeZone;
		const values: string[] = [];
		const stretch = { from: startOfDay(start, zone), to: startOfDay(end, zone) };
		const versions = await selectVersions(scope, found.id);
		for await (const page of readStored(scope, versions, businessId, stretch))
			for (const { readings } of page)
				for (const { value } of readings) if (value !== null) values.push(String(value));
		return values;
	}
);
