/** Each product's sign: a letter on its colour. */
const signs: Record<string, { letter: string; colour: string }> = {
	erp: { letter: 'E', colour: '#1d4ed8' },
	sacco: { letter: 'S', colour: '#0f766e' },
	payroll: { letter: 'P', colour: '#a34a08' }
};

export function iconOf(slug: string): string {
	const { letter, colour } = signs[slug] ?? { letter: '?', colour: '#475467' };
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="5" fill="${colour}"/><text x="12" y="17" font-family="system-ui,sans-serif" font-size="14" font-weight="700" text-anchor="middle" fill="#fff">${letter}</text></svg>`;
}
