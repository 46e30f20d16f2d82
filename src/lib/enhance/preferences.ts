import { around } from './elements.ts';

/**
 * The sidebar and the theme change at once; the same form goes to the server quietly, so that the next page is drawn
 * that way. If it does not arrive, the choice holds for this page only, which harms nobody.
 */
export function keepPreferences(): void {
	document.addEventListener('submit', (event) => {
		const form = around<HTMLFormElement>(event, 'form[data-instant]');
		const button = event.submitter;
		if (form === null || !(button instanceof HTMLButtonElement)) return;
		event.preventDefault();
		void fetch(form.action, {
			method: 'post',
			body: new FormData(form, button),
			headers: { 'x-evolve-quiet': '1' },
			keepalive: true
		}).catch(() => undefined);
		if (button.name === 'sidebar') showSidebar(button);
		if (button.name === 'theme') showTheme(button);
	});
}

function showSidebar(button: HTMLButtonElement): void {
	const expanded = button.value === 'expanded';
	document.querySelector('[data-sidebar]')?.setAttribute('data-sidebar', button.value);
	button.value = expanded ? 'collapsed' : 'expanded';
	button.setAttribute('aria-expanded', String(expanded));
	const label = expanded ? button.dataset['collapse'] : button.dataset['expand'];
	if (label) button.setAttribute('aria-label', label);
}

function showTheme(button: HTMLButtonElement): void {
	const { dataset } = document.documentElement;
	if (button.value === 'system') delete dataset['theme'];
	else dataset['theme'] = button.value;
	for (const choice of button.form?.querySelectorAll('[data-theme-choice]') ?? []) {
		choice.setAttribute('aria-pressed', String(choice === button));
	}
}
