import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import pg from 'pg';
import { TooMany } from './errors.ts';
import { defineJob } from './jobs.ts';
import { runtime } from './runtime.ts';

/** How a key stands after a try. */
export interface Standing {
	left: number;
	/** Until it has all its tries again. */
	seconds: number;
}

export interface Limit {
	/** Counts one try. @throws TooMany when the key has used up its tries. */
	take(key: string): Promise<Standing>;
	/** @throws TooMany without counting a try. */
	check(key: string): Promise<void>;
	/** Forgets the key's tries. */
	forgive(key: string): Promise<void>;
}

/** A limit that all processes share: `tries` a key in `seconds`. */
export function limit(name: string, tries: number, seconds: number): Limit {
	// A limiter belongs to a pool, and a test may open another one.
	let made: { pool: pg.Pool; limiter: RateLimiterPostgres } | null = null;
	const limiter = (): RateLimiterPostgres => {
		const { pool } = runtime().database.system;
		if (made?.pool !== pool) {
			made = {
				pool,
				limiter: new RateLimiterPostgres({
					// The library reckons with int8 as a number; ours come as bigint.
					storeClient: {
						query: (config: pg.QueryConfig) => pool.query({ ...config, types: pg.types })
					},
					storeType: 'client',
					schemaName: 'platform',
					tableName: 'limits',
					tableCreated: true,
					keyPrefix: name,
					points: tries,
					duration: seconds,
					// Its own hourly timer would outlive the pool; the job below does the work.
					clearExpiredByTimeout: false
				})
			};
		}
		return made.limiter;
	};
	const refuse = (failure: unknown): never => {
		if (failure instanceof RateLimiterRes) throw new TooMany(failure.msBeforeNext / 1000);
		throw failure;
	};
	return {
		async take(key) {
			const { remainingPoints, msBeforeNext } = await limiter().consume(key).catch(refuse);
			return { left: remainingPoints, seconds: Math.ceil(msBeforeNext / 1000) };
		},
		async check(key) {
			const state = await limiter().get(key);
			if (state && state.consumedPoints >= tries) refuse(state);
		},
		async forgive(key) {
			await limiter().delete(key);
		}
	};
}

defineJob({
	name: 'platform.sweep-limits',
	cron: '17 * * * *',
	async work({ db, now }) {
		await db.deleteFrom('platform.limits').where('expire', '<', BigInt(now.getTime())).execute();
	}
});
