import { sql } from 'kysely';
import * as v from 'valibot';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';

/** How many days back the usual first reply looks. */
const usualDays = 90;

/**
 * How long a first reply usually takes: the median over the tickets that the scope's business opened in
 * the last 90 days and that were answered, in whole minutes; null without any.
 */
export const readUsualFirstReply = usecase(
	'ticket.read',
	v.object({}),
	async (scope): Promise<number | null> => {
		const { rows } = await sql<{ minutes: number | null }>`
			select percentile_cont(0.5) within group (
				order by extract(epoch from first_reply_at - opened_at) / 60
			) as minutes
			from support.tickets
			where business_id = ${businessOf(scope)} and first_reply_at is not null
				and opened_at > ${new Date(scope.now.getTime() - usualDays * 86_400_000)}`.execute(scope.db);
		const minutes = rows[0]?.minutes ?? null;
		return minutes === null ? null : Math.round(minutes);
	}
);
