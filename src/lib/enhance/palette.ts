import { matches } from '../ui/shell/match.ts';
import { all, around, step } from './elements.ts';

/** The dialog behind Ctrl K: everything the shell leads to, narrowed by what is typed. */
export function openPalette(): void {
	const dialog = document.querySelector<HTMLDialogElement>('dialog[data-palette]');
	const input = dialog?.querySelector('input');
	if (!dialog || !input) return;

	const options = all('[role=option]', dialog);
	const groups = all('[data-palette-group]', dialog);
	const none = dialog.querySelector<HTMLElement>('[data-palette-none]');
	const shown = () => options.filter(({ hidden }) => !hidden);
	const selected = () => options.find((option) => option.ariaSelected === 'true');

	const select = (option: HTMLElement | undefined) => {
		for (const each of options) each.ariaSelected = String(each === option);
		if (option) input.setAttribute('aria-activedescendant', option.id);
		else input.removeAttribute('aria-activedescendant');
		option?.scrollIntoView({ block: 'nearest' });
	};
	const narrow = () => {
		for (const option of options) option.hidden = !matches(option.textContent, input.value);
		for (const group of groups) group.hidden = !group.querySelector('[role=option]:not([hidden])');
		if (none) none.hidden = shown().length > 0;
		select(shown()[0]);
	};
	const open = () => {
		input.value = '';
		narrow();
		dialog.showModal();
		input.focus();
	};

	document.addEventListener('click', (event) => {
		if (event.metaKey || event.ctrlKey || event.shiftKey) return;
		if (!around(event, '[data-palette-open]')) return;
		event.preventDefault();
		open();
	});
	document.addEventListener('keydown', (event) => {
		if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
		event.preventDefault();
		if (dialog.open) dialog.close();
		else open();
	});
	input.addEventListener('input', narrow);
	input.addEventListener('keydown', (event) => {
		if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
			event.preventDefault();
			select(step(shown(), selected() ?? null, event.key === 'ArrowDown' ? 1 : -1));
		}
		if (event.key === 'Enter' && selected()) {
			event.preventDefault();
			selected()?.click();
			dialog.close();
		}
	});
}
