import { expect, it } from 'vitest';
import { deviceOf } from './devices.ts';

it.each([
	[
		'Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36',
		'Chrome',
		'Android',
		'phone'
	],
	[
		'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0',
		'Edge',
		'Windows',
		'monitor'
	],
	[
		'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
		'Safari',
		'iPhone',
		'phone'
	],
	[
		'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
		'Firefox',
		'Linux',
		'monitor'
	],
	[
		'Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 SamsungBrowser/26.0 Chrome/122.0 Mobile Safari/537.36',
		'Samsung Internet',
		'Android',
		'phone'
	],
	['curl/8.9.1', null, null, 'monitor'],
	['', null, null, 'monitor']
])('%s', (userAgent, browser, system, icon) => {
	expect(deviceOf(userAgent)).toEqual({ browser, system, icon });
});
