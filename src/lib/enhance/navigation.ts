import { around } from './elements.ts';

/** A page that comes sooner needs no sign that it is coming. */
const quietMs = 150;

/** Lays a veil of skeletons over the page while the next one of ours is on its way. */
export function watchNavigation(): void {
	let timer: ReturnType<typeof setTimeout> | undefined;

	const leave = () => {
		clearTimeout(timer);
		timer = setTimeout(() => {
			document.querySelector('main')?.setAttribute('data-pending', '');
		}, quietMs);
	};
	const stay = () => {
		clearTimeout(timer);
		document.querySelector('main')?.removeAttribute('data-pending');
	};

	document.addEventListener('click', (event) => {
		if (event.defaultPrevented || event.button !== 0) return;
		if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
		const link = around<HTMLAnchorElement>(event, 'a[href]');
		if (link === null || link.target === '_blank' || link.hasAttribute('download')) return;
		if (leads(link.href, location.href)) leave();
	});
	document.addEventListener('submit', (event) => {
		const form = event.target;
		if (event.defaultPrevented || !(form instanceof HTMLFormElement)) return;
		if (form.method === 'get' && leads(form.action, '')) leave();
	});
	addEventListener('pageshow', stay);
	// Stopped by the reader, or answered by a download.
	addEventListener('keydown', (event) => {
		if (event.key === 'Escape') stay();
	});
}

/** Whether an address leads to another page of ours, and not to another place on this one. */
export function leads(to: string, from: string): boolean {
	const target = new URL(to, from || location.href);
	if (target.origin !== location.origin) return false;
	if (from === '') return true;
	const here = new URL(from);
	const samePage = target.pathname === here.pathname && target.search === here.search;
	return !(samePage && target.hash !== '');
}
