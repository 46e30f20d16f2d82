import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveCoupon } from '#server/modules/catalogue/index.ts';
import { closeDue } from '#server/modules/closing/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { startBilling } from './setup/billing.ts';
import { Chance } from './setup/lives/chance.ts';
import { dayIn } from './setup/lives/days.ts';
import { Life } from './setup/lives/life.ts';
import { moveMoney, moves, tally } from './setup/lives/money.ts';
import { makePlans } from './setup/lives/plans.ts';
import {
	lookAt,
	proveBooks,
	proveDays,
	proveInvoices,
	proveStatement,
	proveUse
} from './setup/lives/proofs.ts';
import type { TestRuntime } from './setup/runtime.ts';

// Lives of accounts, made up by chance: what must be true of the books after any of them. Seeds 1 to 4 are lived
// here; `SEEDS=7-60` lives others.

const [from = 1, to = 4] = (process.env.SEEDS ?? '').split('-').filter(Boolean).map(Number);
const seeds = Array.from({ length: to - from + 1 }, (_, index) => from + index);

let runtime: TestRuntime;
let before: { businessId: string; look: string }[] = [];

beforeAll(async () => {
	runtime = await startBilling();
});
afterAll(() => runtime.stop());

it.each(seeds)(
	'the books are right after the lives of seed %i',
	{ timeout: 60_000 },
	async (seed) => {
		const { db } = runtime.database.system;
		const chance = new Chance(seed);
		const plans = await makePlans(chance);
		// In every other one things are given back by hand, so that days cannot be counted any more.
		const plain = seed % 2 === 1;
		const percentOff = chance.pick([0, 0, 10, 25]);
		let now = runtime.clock.now().getTime();
		const pass = (hours: number): Date => {
			now += hours * 3_600_000;
			runtime.clock.set(new Date(now));
			return new Date(now);
		};
		const lives = [new Life(chance, plans, percentOff), new Life(chance, plans, percentOff)];
		// Midnight in Greenwich: no day is skipped anywhere.
		pass(24 - ((now / 3_600_000) % 24));
		try {
			for (const life of lives) {
				life.plain = plain;
				const coupon =
					percentOff === 0
						? undefined
						: await withSystem('test', (scope) =>
								saveCoupon(scope, {
									name: 'A friend',
									percent: String(percentOff),
									duration: 'for_ever'
								})
							);
				await life.start(pass(1), coupon?.code);
			}
			await close();
			for (const life of lives) await life.evening(pass(0));
			for (let day = 0; day < 45; day += 1) {
				const standstill = seed % 3 === 0 && chance.happens(0.06) ? chance.whole(2, 50) : 0;
				if (standstill > 0) {
					pass(24 * standstill);
					for (const life of lives) life.unseen += standstill;
					await close();
				}
				pass(chance.whole(0, 8));
				for (const life of lives) {
					if (chance.happens(0.3)) await life.use(pass(0));
					if (chance.happens(0.15)) {
						await life.act(pass(0));
						await close();
						await life.evening(pass(0));
					}
					if (chance.happens(0.45))
						await moveMoney(db, life, chance, dayIn('Africa/Nairobi', pass(0)));
				}
				// Late enough that the day has begun everywhere, and its use has come.
				pass(24 - ((now / 3_600_000) % 24));
				await close();
				for (const life of lives) await life.evening(pass(0));
			}
			for (const life of lives) await life.finish(pass(1));
			await close();
			for (const life of lives) await life.evening(pass(0));
			for (let week = 0; week < 12; week += 1) {
				pass(24);
				await close();
				for (const life of lives) await life.evening(pass(0));
				if (week > 8) pass(24 * 40);
			}
			for (const life of lives) life.over(pass(0));
			await proveBooks(db);
			for (const life of lives) {
				await proveInvoices(db, life.businessId);
				await proveStatement(db, life);
				if (plain) {
					await proveDays(db, life);
					await proveUse(db, life);
				}
			}
			for (const { businessId, look } of before) expect(await lookAt(db, businessId)).toBe(look);
			before = await Promise.all(
				lives.map(async ({ businessId }) => ({ businessId, look: await lookAt(db, businessId) }))
			);
		} catch (error) {
			throw new Error(
				`Seed ${seed}:\n${lives.map((life) => `${life.zone}\n${life.done.join('\n')}`).join('\n\n')}`,
				{ cause: error }
			);
		}

		async function close(): Promise<void> {
			expect(await closeDue()).toMatchObject({ failed: 0 });
		}
	}
);

it.skipIf(process.env.SEEDS)('everything that an accountant does was done in one of them', () => {
	for (const move of moves) expect(tally.get(move)?.done, move).toBeGreaterThan(0);
});
