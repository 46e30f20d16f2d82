import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { Price } from './price.ts';

const parse = (price: unknown) => v.parse(Price, price);

describe('a price as it is kept', () => {
	it('is the same whether a field is null or left out, and keeps the open end of its tiers', () => {
		const bare = { model: 'graduated', tiers: [{ up_to: null, unit_amount: '0.90' }] };
		expect(parse({ ...bare, included: null, transform: null, minimum_spend: null })).toEqual(bare);
		expect(parse(bare)).toEqual(bare);
	});

	it('has whole numbers as text, and takes itself again', () => {
		const kept = parse({ model: 'package', package_size: 100, package_amount: '5', included: 10 });
		expect(kept).toEqual({
			model: 'package',
			package_size: '100',
			package_amount: '5',
			included: '10'
		});
		expect(parse(kept)).toEqual(kept);
	});
});
