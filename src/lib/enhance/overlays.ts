import { all, around, step } from './elements.ts';

/** How long a toast stays once nobody reads or reaches it. */
const toastMs = 6_000;

/** What native menus, dialogs, drawers and toasts leave to a script. */
export function mendOverlays(): void {
	menus();
	dialogs();
	drawer();
	reveals();
	all('[data-toast]').forEach(fade);
}

function menus(): void {
	const opened = () => all<HTMLDetailsElement>('details[data-menu][open]');

	document.addEventListener('click', (event) => {
		const inside = around(event, 'details[data-menu]');
		for (const menu of opened()) if (menu !== inside) menu.open = false;
	});
	document.addEventListener('focusin', (event) => {
		const inside = around(event, 'details[data-menu]');
		for (const menu of opened()) if (menu !== inside) menu.open = false;
	});
	document.addEventListener('keydown', (event) => {
		const menu = around<HTMLDetailsElement>(event, 'details[data-menu]');
		if (menu === null) return;
		if (event.key === 'Escape' && menu.open) {
			menu.open = false;
			menu.querySelector('summary')?.focus();
		}
		if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
		// A date or a choice in a panel takes the arrows itself.
		if (event.target instanceof Element && event.target.matches('input, select, textarea')) return;
		event.preventDefault();
		menu.open = true;
		const items = all(':is(a[href], button:enabled)', menu);
		step(items, document.activeElement, event.key === 'ArrowDown' ? 1 : -1)?.focus();
	});
}

function dialogs(): void {
	document.addEventListener('click', (event) => {
		const link = around<HTMLAnchorElement>(event, 'a[href^="#"]');
		const opens = link && document.getElementById(link.hash.slice(1));
		if (opens instanceof HTMLDialogElement) {
			event.preventDefault();
			opens.showModal();
			return;
		}
		const dialog = around<HTMLDialogElement>(event, 'dialog[open]');
		if (dialog === null) return;
		// The dialog itself is hit only where it shows its backdrop.
		if (around(event, '[data-close]') || event.target === dialog) {
			event.preventDefault();
			dialog.close();
		}
	});
	// A dialog opened by its address before the script came becomes a modal one.
	const target = location.hash && document.getElementById(location.hash.slice(1));
	if (target instanceof HTMLDialogElement && !target.open) target.showModal();
}

function drawer(): void {
	const sidebar = document.getElementById('sidebar');
	sidebar?.addEventListener('toggle', (event) => {
		if (event instanceof ToggleEvent && event.newState === 'open') {
			const current = sidebar.querySelector<HTMLElement>('nav a[aria-current]');
			(current ?? sidebar.querySelector<HTMLElement>('nav a'))?.focus();
		}
	});
	// A link to a place on this very page leaves the drawer in front of it.
	sidebar?.addEventListener('click', (event) => {
		if (around(event, 'a[href]') && sidebar.matches(':popover-open')) sidebar.hidePopover();
	});
}

function reveals(): void {
	for (const button of all('[data-reveal]')) button.hidden = false;
	document.addEventListener('click', (event) => {
		const button = around(event, '[data-reveal]');
		const field = button && document.getElementById(button.getAttribute('aria-controls') ?? '');
		if (button === null || !(field instanceof HTMLInputElement)) return;
		const shown = field.type === 'password';
		field.type = shown ? 'text' : 'password';
		button.setAttribute('aria-pressed', String(shown));
	});
}

function fade(toast: HTMLElement): void {
	const leave = () => {
		if (toast.matches(':hover, :focus-within')) setTimeout(leave, toastMs);
		else toast.remove();
	};
	setTimeout(leave, toastMs);
}
