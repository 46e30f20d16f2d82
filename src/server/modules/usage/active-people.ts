import * as v from 'valibot';
import { usecase } from '../../platform/usecase.ts';
import { readGroups } from './explore-rows.ts';
import { selectMeters } from './meters.ts';
import { zoneOf } from './spans.ts';

/**
 * Who used which product: values of the dimension `user`, by the product's id. A product that tells apart
 * no people has no entry.
 */
export const listActivePeople = usecase(
	'usage.read',
	v.pipe(
		v.object({ from: v.date(), to: v.date() }),
		v.check(({ from, to }) => from < to, 'A span ends after it began.')
	),
	async (scope, span): Promise<Map<string, Set<string>>> => {
		// What counts different people is read value by value; who they are stands in the others too.
		const meters = (await selectMeters(scope)).filter(
			({ dimensions, aggregation }) => dimensions.includes('user') && aggregation !== 'unique'
		);
		const rows = await readGroups(scope, {
			meters,
			span,
			granularity: 'day',
			zone: zoneOf(scope),
			by: 'user',
			where: {}
		});
		const products = new Map(meters.map(({ id, productId }) => [id, productId]));
		const active = new Map(meters.map(({ productId }) => [productId, new Set<string>()]));
		for (const { meterId, group } of rows)
			if (group !== null) active.get(products.get(meterId) ?? '')?.add(group);
		return active;
	}
);
