import { m } from '#lib/paraglide/messages.js';
import type { IconName } from '#lib/ui/icons.ts';

/** What a browser says of itself, as far as a person can tell their own devices apart by it. */
export interface Device {
	/** `Chrome`; null when it says nothing that is known. */
	browser: string | null;
	/** `Android` */
	system: string | null;
	icon: IconName;
}

// In this order: many browsers also carry the names of those that they are kin to.
const browsers: [RegExp, string][] = [
	[/Edg(e|A|iOS)?\//, 'Edge'],
	[/OPR\/|Opera/, 'Opera'],
	[/SamsungBrowser\//, 'Samsung Internet'],
	[/UCBrowser\//, 'UC Browser'],
	[/Firefox\/|FxiOS\//, 'Firefox'],
	[/HeadlessChrome\/|Chrome\/|CriOS\//, 'Chrome'],
	[/Safari\//, 'Safari']
];
const systems: [RegExp, string][] = [
	[/iPhone|iPod/, 'iPhone'],
	[/iPad/, 'iPad'],
	[/Android/, 'Android'],
	[/Windows/, 'Windows'],
	[/CrOS/, 'ChromeOS'],
	[/Mac OS X|Macintosh/, 'Mac'],
	[/Linux/, 'Linux']
];

export function deviceOf(userAgent: string): Device {
	const named = (names: [RegExp, string][]) =>
		names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
	return {
		browser: named(browsers),
		system: named(systems),
		icon: /Mobi|Android|iPhone|iPad|iPod/.test(userAgent) ? 'phone' : 'monitor'
	};
}

/** `Chrome on Android`, as far as it is known. */
export function deviceName({ browser, system }: Device): string {
	if (browser && system) return m.settings_device({ browser, system });
	return browser ?? system ?? m.settings_device_unknown();
}
