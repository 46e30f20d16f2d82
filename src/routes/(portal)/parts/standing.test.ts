import { describe, expect, it } from 'vitest';
import { standingOf } from './standing.ts';
import type { ProductStatus } from './view.ts';

const zone = 'Africa/Nairobi';
const now = new Date('2026-11-25T11:02:00Z');

function suspended(
	mode: 'read_only' | 'export_only' | 'closed',
	closesAt: Date | null = null
): ProductStatus {
	return { kind: 'suspended', mode, closesAt, pay: null };
}

/** Until midnight in Nairobi. */
function limited(mode: 'read_only' | 'export_only' | 'closed'): ProductStatus {
	return { kind: 'limited', mode, until: new Date('2026-11-30T21:00:00Z'), ask: null };
}

describe('how the business has a product', () => {
	it.each([
		[{ kind: 'active' }, 'Active', 'Business plan'],
		[{ kind: 'trial', endsOn: '2026-12-01' }, 'Trial, 6 days left', 'Ends 1 Dec 2026'],
		[{ kind: 'trial', endsOn: '2026-11-26' }, 'Trial, 1 day left', 'Ends 26 Nov 2026'],
		[{ kind: 'trial', endsOn: '2026-11-25' }, 'Trial, last day', 'Ends 25 Nov 2026'],
		[{ kind: 'past_due' }, 'Past due', 'Business plan'],
		[suspended('read_only'), 'Suspended', 'Read-only until the bill is paid'],
		[suspended('export_only'), 'Suspended', 'Only your data can be exported'],
		[suspended('closed'), 'Suspended', 'Closed until the bill is paid'],
		[limited('read_only'), 'Suspended', 'Read-only: limit reached'],
		[limited('export_only'), 'Suspended', 'Export only: limit reached'],
		[limited('closed'), 'Suspended', 'Closed: limit reached'],
		[{ kind: 'ended', endedOn: '2026-10-31' }, 'Ended', 'Ended 31 Oct 2026']
	] as [ProductStatus, string, string][])('%o reads %s, %s', (status, words, line) => {
		expect(standingOf({ planName: 'Business', status }, now, zone)).toMatchObject({ words, line });
	});

	it('warns of the day on which it closes, by the calendar of the business', () => {
		const status = suspended('read_only', new Date('2026-11-28T22:30:00Z')); // the 29th in Nairobi
		expect(standingOf({ planName: 'Business', status }, now, zone).line).toBe(
			'Read-only, closes 29 Nov 2026'
		);
	});

	it('counts the days of a trial by the calendar of the business', () => {
		const lateEvening = new Date('2026-11-25T21:30:00Z'); // the 26th in Nairobi
		const status = { kind: 'trial', endsOn: '2026-11-27' } as const;
		expect(standingOf({ planName: 'Business', status }, lateEvening, zone).words).toBe(
			'Trial, 1 day left'
		);
	});
});
