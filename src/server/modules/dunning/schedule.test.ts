import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Forbidden, Invalid } from '#server/platform/errors.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { readSchedule, saveSchedule, type Step } from './index.ts';

let runtime: TestRuntime;
let businesses: TwoBusinesses;

beforeAll(async () => {
	runtime = await startTestRuntime();
	businesses = await createTwoBusinesses();
});
afterAll(() => runtime.stop());

const read = () => withSystem('test', (scope) => readSchedule(scope, {}));
const save = (steps: Step[], more: { hour?: number; linkDays?: number } = {}) =>
	withSystem('test', (scope) => saveSchedule(scope, { hour: 7, linkDays: 30, ...more, steps }));
const remind = (day: number, slug = 'reminder'): Step => ({ slug, day, action: 'remind' });

describe('the schedule', () => {
	it('begins with one that gives three weeks and six letters', async () => {
		const { steps, linkDays, hour } = await read();
		expect(steps.map(({ day, action }) => `${day} ${action}`)).toEqual([
			'-5 remind',
			'0 remind',
			'3 remind',
			'7 past_due',
			'7 remind',
			'14 charge',
			'14 remind',
			'21 suspend',
			'60 end'
		]);
		expect({ linkDays, hour }).toEqual({ linkDays: 30, hour: 7 });
	});

	it('saved as it is stays what it is', async () => {
		const { steps, version } = await read();
		expect(await save(steps)).toEqual({ version });
		expect(await save(steps.toReversed())).toEqual({ version });
	});

	it('is put in order, and each saving is a version of its own', async () => {
		const { version } = await read();
		await save([
			{ slug: 'end', day: 30, action: 'end' },
			remind(5),
			{ slug: 'late', day: 5, action: 'past_due' }
		]);
		const saved = await read();
		expect(saved).toMatchObject({ version: version + 1, madeBy: 'test' });
		expect(saved.steps.map(({ slug }) => slug)).toEqual(['late', 'reminder', 'end']);
	});

	const refused: [string, Step[], string][] = [
		['without a step', [], 'steps'],
		['with two of one name', [remind(1), remind(2)], 'steps.1.slug'],
		['with the same twice on a day', [remind(1), remind(1, 'other')], 'steps.1.day'],
		['with a name that is none', [remind(1, 'Last reminder')], 'steps.0.slug'],
		['with half a day', [remind(0.5)], 'steps.0.day'],
		['with a day beyond a year', [remind(366)], 'steps.0.day'],
		[
			'that suspends twice',
			[
				{ slug: 'one', day: 3, action: 'suspend' },
				{ slug: 'two', day: 9, action: 'suspend' }
			],
			'steps.1.action'
		],
		[
			'that suspends before the due date',
			[{ slug: 'one', day: 0, action: 'suspend' }],
			'steps.0.day'
		],
		[
			'that ends before it suspends',
			[
				{ slug: 'suspend', day: 30, action: 'suspend' },
				{ slug: 'end', day: 20, action: 'end' }
			],
			'steps.0.day'
		],
		[
			'of which the order is wrong the other way round',
			[
				{ slug: 'end', day: 20, action: 'end' },
				{ slug: 'late', day: 20, action: 'past_due' }
			],
			'steps.1.day'
		]
	];
	it.each(refused)('%s is refused, with the field', async (_, steps, path) => {
		const before = await read();
		const failure = await save(steps).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(Invalid);
		expect((failure as Invalid).issues.map((issue) => issue.path)).toContain(path);
		expect(await read()).toEqual(before);
	});

	it('is not saved by a member', async () => {
		await expect(
			withBusiness(businesses.mavuno, (scope) =>
				saveSchedule(scope, { hour: 7, linkDays: 30, steps: [remind(1)] })
			)
		).rejects.toBeInstanceOf(Forbidden);
	});

	it('saved by two at once has two versions', async () => {
		const { version } = await read();
		const both = await Promise.all([save([remind(8)]), save([remind(9)])]);
		expect(both.map((each) => each.version).sort()).toEqual([version + 1, version + 2]);
	});
});
