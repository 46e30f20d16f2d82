import { all } from './elements.ts';

/** Where digits are typed and not meant for a product. */
const fields = 'input, select, textarea, [contenteditable]';

/**
 * A digit launches the product whose button shows it. The buttons say so from here on only: without this
 * script nothing would hear the key.
 */
export function hearLaunchKeys(): void {
	document.documentElement.dataset['keys'] = '';
	tellKeys();

	document.addEventListener('keydown', (event) => {
		if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
		if (!/^[1-9]$/.test(event.key) || event.defaultPrevented) return;
		if (event.target instanceof Element && event.target.closest(fields)) return;
		// Whatever lies over the page has the keyboard.
		if (document.querySelector('dialog[open], details[data-menu][open], :popover-open')) return;
		const button = document.querySelector<HTMLButtonElement>(`[data-key="${event.key}"]`);
		if (button === null) return;
		event.preventDefault();
		button.focus();
		button.click();
	});
}

/** Names the key to those who hear the page, on buttons that a live update has brought too. */
export function tellKeys(): void {
	for (const button of all('[data-key]'))
		button.setAttribute('aria-keyshortcuts', button.dataset['key'] ?? '');
}
