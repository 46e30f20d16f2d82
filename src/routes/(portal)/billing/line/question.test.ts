import { expect, it } from 'vitest';
import { lineAddress, placeText, readQuestion } from './question.ts';

it('reads the day and the place, and leaves out what it does not understand', () => {
	const place = { time: new Date('2026-11-03T09:30:00.123Z'), key: 'ab'.repeat(16) };
	const params = new URLSearchParams({ day: '2026-11-03', before: placeText(place), by: 'user' });
	expect(readQuestion(params)).toEqual({
		by: 'user',
		after: null,
		day: '2026-11-03',
		before: place
	});
	expect(readQuestion(new URLSearchParams({ day: '2026-13-03', before: 'then_there' }))).toEqual({
		by: null,
		after: null,
		day: null,
		before: null
	});
});

it('leads to the page with what is asked', () => {
	expect(lineAddress('/billing/usage/erp/sms', { day: '2026-11-03', by: null }, '#events')).toBe(
		'/billing/usage/erp/sms?day=2026-11-03#events'
	);
	expect(lineAddress('/x', { by: '' })).toBe('/x');
});
