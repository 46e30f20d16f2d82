import { describe, expect, it } from 'vitest';
import { conditionOf, planOf } from './health.ts';

const zone = 'Africa/Nairobi';
const now = new Date('2026-11-25T11:02:00Z');
const since = new Date('2026-11-25T10:40:00Z');

describe('how a product does', () => {
	it('says nothing while it works', () => {
		expect(conditionOf({ now: null, planned: [] }, now, zone)).toBeNull();
	});

	it.each([
		['outage', null, 'Outage', 'since 13:40', 'bad'],
		[
			'outage',
			new Date('2026-11-25T12:00:00Z'),
			'Outage',
			'since 13:40, expected back at 15:00',
			'bad'
		],
		['degraded', null, 'Degraded', 'since 13:40', 'warn'],
		['maintenance', new Date('2026-11-25T11:30:00Z'), 'Maintenance', 'until 14:30', 'info'],
		[
			'maintenance',
			new Date('2026-11-25T23:30:00Z'),
			'Maintenance',
			'until 26 Nov 2026, 02:30',
			'info'
		]
	] as const)('%s until %s reads %s %s', (state, until, words, when, tone) => {
		const health = { now: { state, message: 'We are on it.', since, until }, planned: [] };
		expect(conditionOf(health, now, zone)).toMatchObject({
			words,
			when,
			tone,
			message: 'We are on it.'
		});
	});

	it.each([
		['2026-11-28T23:00:00Z', '2026-11-28T23:30:00Z', '29 Nov 2026, 02:00 – 02:30'],
		['2026-11-25T18:00:00Z', '2026-11-25T19:00:00Z', 'today, 21:00 – 22:00'],
		['2026-11-28T20:00:00Z', '2026-11-28T22:00:00Z', '28 Nov 2026, 23:00 – 29 Nov 2026, 01:00']
	])('tells of maintenance from %s to %s', (from, until, when) => {
		const planned = { from: new Date(from), until: new Date(until), message: '' };
		expect(planOf(planned, now, zone)).toMatchObject({ words: 'Planned maintenance', when });
	});
});
