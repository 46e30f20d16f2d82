import { expect, it } from 'vitest';
import { payOf } from './pay.ts';

// Reckoned by hand from the rates that pay.ts names.
it.each([
	// Below the relief no tax is left: 24,000 − 1,440 − 660 − 360 = 21,540 taxed 2,154, relief 2,400.
	[24_000, { nssf: 1_440, shif: 660, housing: 360, paye: 0, net: 21_540 }],
	// 50,000 − 3,000 − 1,375 − 750 = 44,875: 2,400 + 2,083.25 + 3,762.60 = 8,245.85, less 2,400.
	[50_000, { nssf: 3_000, shif: 1_375, housing: 750, paye: 5_846, net: 39_029 }],
	// NSSF stops at 72,000: 100,000 − 4,320 − 2,750 − 1,500 = 91,430: 2,400 + 2,083.25 + 17,729.10.
	[100_000, { nssf: 4_320, shif: 2_750, housing: 1_500, paye: 19_812, net: 71_618 }],
	// SHIF is 300 at least.
	[5_000, { nssf: 300, shif: 300, housing: 75, paye: 0, net: 4_325 }]
])('of %i shillings gross leaves the net that the acts leave', (gross, rest) => {
	expect(payOf(gross)).toEqual({ gross, ...rest });
});
