import { expect, it } from 'vitest';
import { monthsBefore, quantityName, readAsked, readQuantity } from './question.ts';

it('knows the whole months before a day', () => {
	expect(monthsBefore('2026-11-22', 3)).toEqual(['2026-08-01', '2026-09-01', '2026-10-01']);
	expect(monthsBefore('2026-02-01', 3)).toEqual(['2025-11-01', '2025-12-01', '2026-01-01']);
});

it('reads what was typed over, and takes three months for what it does not understand', () => {
	const params = new URLSearchParams({
		months: '5',
		'q.sms.2026-10': '7,240',
		'q.sms.2026-09': ''
	});
	const asked = readAsked(params);
	expect(asked.months).toBe(3);
	expect([...asked.quantities]).toEqual([['sms.2026-10', '7,240']]);
	expect(quantityName('sms', '2026-10-01')).toBe('sms.2026-10');
});

it('reads numbers as people write them, and nothing else', () => {
	expect(readQuantity('7,240.5')).toBe('7240.5');
	expect(readQuantity('007')).toBe('7');
	expect(readQuantity('-3')).toBeNull();
	expect(readQuantity('many')).toBeNull();
	expect(readQuantity('1e9')).toBeNull();
});
