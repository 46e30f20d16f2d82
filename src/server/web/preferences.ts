import type { Cookies } from '@sveltejs/kit';
import { runtime } from '#server/platform/runtime.ts';

const choices: Record<string, readonly string[]> = {
	theme: ['light', 'dark', 'system'],
	sidebar: ['expanded', 'collapsed']
};

/** Keeps how this browser likes its pages. Scripts may read these cookies: they say nothing of anybody. */
export function keepPreferences(cookies: Cookies, data: FormData): void {
	for (const [name, values] of Object.entries(choices)) {
		const value = data.get(name);
		if (typeof value !== 'string' || !values.includes(value)) continue;
		const rules = {
			path: '/',
			sameSite: 'lax',
			httpOnly: false,
			secure: runtime().publicUrl.startsWith('https:')
		} as const;
		if (value === 'system') cookies.delete(name, rules);
		else cookies.set(name, value, { ...rules, maxAge: 365 * 86_400 });
	}
}
