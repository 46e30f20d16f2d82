import { sql } from 'kysely';
import * as v from 'valibot';
import { withSystem } from '../../platform/doors.ts';
import { emit } from '../../platform/events.ts';
import { defineJob } from '../../platform/jobs.ts';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** For how many months the log is kept from now on; null for ever. */
		'activity.keeping-changed': { months: number | null };
	}
}

/** For how many months a business can have its log kept. */
export const keptMonths = [12, 24, 36, 60, 84] as const;

/** The network address of a sign-in is kept so long: enough to look into what was not oneself. */
export const addressDays = 90;

/** So many rows are taken away at a time, so that nobody waits for long. */
const piece = 5_000;

/** How long the log of the scope's business is kept, in months; null for ever. */
export const readKeeping = usecase(
	'activity.read',
	v.object({}),
	async (scope): Promise<number | null> => {
		const row = await scope.db
			.selectFrom('activity.retention')
			.select('months')
			.where('business_id', '=', businessOf(scope))
			.executeTakeFirst();
		return row?.months ?? null;
	}
);

/** What is older goes in the night that follows, for good. */
export const saveKeeping = usecase(
	'activity.keep',
	v.object({
		months: v.nullable(v.picklist(keptMonths, 'Choose how long the log is kept.'))
	}),
	async (scope, { months }) => {
		const business_id = businessOf(scope);
		if ((await readKeeping(scope, {})) === months) return;
		await scope.db
			.deleteFrom('activity.retention')
			.where('business_id', '=', business_id)
			.execute();
		if (months !== null)
			await scope.db.insertInto('activity.retention').values({ business_id, months }).execute();
		await emit(scope, 'activity.keeping-changed', { months });
	}
);

/** Takes away what businesses do not keep any longer, and addresses. @returns how many entries went */
export async function sweepActivity(): Promise<number> {
	await inPieces((limit) =>
		withSystem('activity.sweep', async ({ db, now }) => {
			const { numAffectedRows = 0n } = await sql`update activity.entries e set address = null
				from (
					select business_id, id from activity.entries
					where address is not null and occurred_at < ${daysBefore(now, addressDays)} limit ${limit}
				) old where e.business_id = old.business_id and e.id = old.id`.execute(db);
			return Number(numAffectedRows);
		})
	);
	const limits = await withSystem('activity.sweep', ({ db, now }) =>
		db
			.selectFrom('activity.retention')
			.select([
				'business_id',
				sql<Date>`${now}::timestamptz - make_interval(months => months)`.as('end')
			])
			.execute()
	);
	let gone = 0;
	for (const { business_id, end } of limits) {
		gone += await inPieces((limit) =>
			withSystem('activity.sweep', async ({ db }) => {
				const { numAffectedRows = 0n } = await sql`delete from activity.entries e using (
						select id from activity.entries
						where business_id = ${business_id} and occurred_at < ${end}
						order by occurred_at limit ${limit}
					) old where e.business_id = ${business_id} and e.id = old.id`.execute(db);
				return Number(numAffectedRows);
			})
		);
	}
	return gone;
}

async function inPieces(work: (limit: number) => Promise<number>): Promise<number> {
	let all = 0;
	for (let done = piece; done === piece; all += done) done = await work(piece);
	return all;
}

function daysBefore(now: Date, days: number): Date {
	return new Date(now.getTime() - days * 86_400_000);
}

defineJob({
	name: 'activity.sweep',
	cron: '20 2 * * *',
	opensOwnDoors: true,
	work: async () => {
		await sweepActivity();
	}
});
