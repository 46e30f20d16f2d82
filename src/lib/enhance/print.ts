import { around } from './elements.ts';

/** Buttons that print the page; the browser's own dialog also saves it as PDF. */
export function offerPrinting(): void {
	document.addEventListener('click', (event) => {
		if (around(event, '[data-print]')) print();
	});
}
