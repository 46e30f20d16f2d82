import { expect, it } from 'vitest';
import { readState, replyTime } from './states.ts';

it.each([
	[0, '1 minute'],
	[1, '1 minute'],
	[46, '46 minutes'],
	[89, '89 minutes'],
	[90, '2 hours'],
	[80 * 60, '80 hours']
])('a reply after %i minutes takes %s', (minutes, written) => {
	expect(replyTime(minutes)).toBe(written);
});

it('an address may name a state or nonsense', () => {
	expect(readState('waiting')).toBe('waiting');
	expect(readState('nonsense')).toBeUndefined();
	expect(readState(null)).toBeUndefined();
});
