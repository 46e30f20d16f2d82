import { sql } from 'kysely';
import { Expected } from './errors.ts';
import { defineJob } from './jobs.ts';
import type { Scope, System } from './scope.ts';

export interface Answer {
	status: number;
	/** JSON. */
	text: string;
}

/**
 * Does what a request asks once, however often it comes with its idempotency key: what was answered is kept in the
 * transaction of the work, so that either both are there or neither is. What failed is not kept and may be tried
 * again.
 *
 * @param asker whose key it is: keys of different askers do not meet
 * @param requestHash of all that makes up the request
 * @throws Expected 422 `idempotency_key_reused` when the key came with another request, 409
 * `idempotency_key_in_use` while the same is under way
 */
export async function answerOnce(
	{ db, now }: Scope<System>,
	{ asker, key, requestHash }: { asker: string; key: string; requestHash: Buffer },
	work: () => Promise<Answer>
): Promise<Answer & { kept: boolean }> {
	const { rows } = await sql<{ held: boolean }>`
		select pg_try_advisory_xact_lock(hashtextextended(${`${asker} ${key}`}, 0)) as held`.execute(db);
	if (!rows[0]?.held)
		throw new Expected(
			409,
			'idempotency_key_in_use',
			'A request with this idempotency key is under way. Ask again in a moment.'
		);
	const met = await db
		.selectFrom('platform.kept_answers')
		.select(['request_hash', 'status', 'answer'])
		.where('asker', '=', asker)
		.where('key', '=', key)
		.executeTakeFirst();
	if (met && !met.request_hash.equals(requestHash))
		throw new Expected(
			422,
			'idempotency_key_reused',
			'This idempotency key came with another request before. Use a new one.'
		);
	if (met) return { status: met.status, text: met.answer, kept: true };
	const answer = await work();
	await db
		.insertInto('platform.kept_answers')
		.values({
			asker,
			key,
			request_hash: requestHash,
			status: answer.status,
			answer: answer.text,
			kept_at: now
		})
		.execute();
	return { ...answer, kept: false };
}

defineJob({
	name: 'platform.sweep-kept-answers',
	cron: '41 * * * *',
	async work({ db, now }) {
		await db
			.deleteFrom('platform.kept_answers')
			.where('kept_at', '<', new Date(now.getTime() - 24 * 3_600_000))
			.execute();
	}
});
