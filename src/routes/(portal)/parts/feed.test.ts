import { describe, expect, it } from 'vitest';
import { groupByDay } from './feed.ts';
import type { ActivityEntry } from './view.ts';

function entry(id: string, at: string): ActivityEntry {
	return {
		id,
		who: 'Otieno Ouma',
		what: 'signed in',
		where: null,
		place: { area: 'portal' },
		at: new Date(at),
		href: null
	};
}

describe('the activity feed', () => {
	it('keeps its order and divides by the days of the business', () => {
		const days = groupByDay(
			[
				entry('c', '2026-11-25T08:00:00Z'),
				entry('b', '2026-11-24T21:00:00Z'), // midnight in Nairobi
				entry('a', '2026-11-24T20:59:59Z')
			],
			'Africa/Nairobi'
		);
		expect(days.map(({ day, entries }) => [day, entries.map(({ id }) => id)])).toEqual([
			['2026-11-25', ['c', 'b']],
			['2026-11-24', ['a']]
		]);
	});

	it('without entries has no days', () => {
		expect(groupByDay([], 'Africa/Nairobi')).toEqual([]);
	});
});
