import { all, around } from './elements.ts';

/** Buttons that print the page; the browser's own dialog also saves it as PDF. */
export function offerPrinting(): void {
	for (const button of all('[data-print]')) button.hidden = false;
	document.addEventListener('click', (event) => {
		if (around(event, '[data-print]')) print();
	});
}
