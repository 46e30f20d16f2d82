import type { ProductSettings } from './settings.ts';

/** The product's own beginning. */
export const startPath = '/';

/** Where a launch lands if nothing else is chosen. */
export interface Landing {
	path: string;
	/** As the product calls it; null at its beginning. */
	label: string | null;
	/** `place`: where the person last was; `setting`: what the business set; `start`: neither is known. */
	by: 'place' | 'setting' | 'start';
}

/** What the business set for everybody comes first, then where the person was, then what is set for newcomers. */
export function landingFor(
	settings: Pick<ProductSettings, 'landing' | 'always'>,
	last: { path: string; label: string } | undefined
): Landing {
	const { landing, always } = settings;
	if (last && !always) return { path: last.path, label: last.label, by: 'place' };
	if (landing.to === 'last')
		return last
			? { path: last.path, label: last.label, by: 'place' }
			: { path: startPath, label: null, by: 'start' };
	return landing.to === 'start'
		? { path: startPath, label: null, by: 'setting' }
		: { path: landing.path, label: landing.label, by: 'setting' };
}
