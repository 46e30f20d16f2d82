import { describe, expect, it } from 'vitest';
import { shareUsable, worstByDay, type Trouble } from './status.ts';

const zone = 'Africa/Nairobi';
const trouble = (state: Trouble['state'], from: string, until: string): Trouble => ({
	state,
	from: new Date(from),
	until: new Date(until)
});

describe('the worst of each day', () => {
	it('is told by the calendar of the business, the worse of two before the other', () => {
		const days = worstByDay(
			[
				// From the 23rd to the 24th in Nairobi.
				trouble('degraded', '2026-11-23T10:00:00Z', '2026-11-23T22:00:00Z'),
				trouble('outage', '2026-11-24T10:00:00Z', '2026-11-24T11:00:00Z'),
				// Over at midnight of the 25th: not on the 26th.
				trouble('maintenance', '2026-11-25T20:00:00Z', '2026-11-25T21:00:00Z')
			],
			'2026-11-26',
			5,
			zone
		);
		expect(days.map(({ worst }) => worst)).toEqual([
			null,
			'degraded',
			'outage',
			'maintenance',
			null
		]);
		expect(days[0]?.day).toBe('2026-11-22');
	});

	it('begins with what began before', () => {
		const long = trouble('outage', '2026-01-01T00:00:00Z', '2026-11-25T12:00:00Z');
		expect(worstByDay([long], '2026-11-26', 3, zone).map(({ worst }) => worst)).toEqual([
			'outage',
			'outage',
			null
		]);
	});
});

describe('the share in which it could be used', () => {
	const from = new Date('2026-11-01T00:00:00Z');
	const to = new Date('2026-11-11T00:00:00Z');

	it.each([
		['nothing', [], 1],
		[
			'a degraded day, which could be used',
			[trouble('degraded', '2026-11-02T00:00:00Z', '2026-11-03T00:00:00Z')],
			1
		],
		[
			'two that overlap, which count once',
			[
				trouble('outage', '2026-11-02T00:00:00Z', '2026-11-03T00:00:00Z'),
				trouble('maintenance', '2026-11-02T12:00:00Z', '2026-11-03T12:00:00Z')
			],
			0.85
		],
		[
			'one from before the span and beyond it',
			[trouble('outage', '2026-10-01T00:00:00Z', '2026-12-01T00:00:00Z')],
			0
		]
	] as [string, Trouble[], number][])('of %s', (_, troubles, share) => {
		expect(shareUsable(troubles, from, to)).toBeCloseTo(share, 10);
	});
});
