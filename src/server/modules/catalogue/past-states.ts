import { sql } from 'kysely';
import * as v from 'valibot';
import { usecase } from '../../platform/usecase.ts';
import { readProduct } from './products.ts';
import type { StateKind } from './states.ts';

/** A time at which a product did not work as it should, and that is over. */
export interface PastState {
	id: string;
	state: StateKind;
	message: string;
	from: Date;
	until: Date;
}

/** The most that is told, however often something was the matter. */
const most = 100;

/**
 * What was the matter with a product since a moment and is over, newest first. A maintenance is over at
 * its end by itself; one that was called off before it began never was.
 */
export const listPastStates = usecase(
	'catalogue.read',
	v.object({ product: v.string(), since: v.date() }),
	async (scope, { product, since }): Promise<PastState[]> => {
		const { db, now } = scope;
		const { id } = await readProduct(scope, { slug: product });
		const { rows } = await sql<PastState>`
			select id, state, message, starts_at as "from", over_at as "until"
			from (
				select id, state, message, starts_at,
					coalesce(ended_at, case when state = 'maintenance' then expected_until end) as over_at
				from catalogue.product_states where product_id = ${id}
			) states
			where over_at > starts_at and over_at <= ${now} and over_at > ${since}
			order by starts_at desc, id desc limit ${most}`.execute(db);
		return rows;
	}
);
