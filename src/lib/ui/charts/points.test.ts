import { describe, expect, it } from 'vitest';
import { pointsJson } from './points.ts';

describe('points in a page', () => {
	const hostile = [
		{
			x: 0.5,
			label: '</script><script>alert(1)</script>',
			values: [{ name: '<!-- & \u2028', value: '1' }]
		}
	];

	it('can not end the element that holds them', () => {
		expect(pointsJson(hostile)).not.toMatch(/[<>&\u2028]/);
	});

	it('are read back as they were', () => {
		expect(JSON.parse(pointsJson(hostile))).toEqual(hostile);
	});
});
