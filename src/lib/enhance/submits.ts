/** A form that has not led anywhere after this long is given back: it may have been a download. */
const patienceMs = 15_000;

/**
 * Shows that a form is on its way, and lets no second press send it again. The button stays enabled: a disabled one
 * would lose the focus, and its value.
 */
export function watchSubmits(): void {
	document.addEventListener('submit', (event) => {
		const form = event.target;
		if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
		if (form.method === 'dialog' || form.target === '_blank') return;
		if (form.getAttribute('aria-busy') === 'true') {
			event.preventDefault();
			return;
		}
		form.setAttribute('aria-busy', 'true');
		event.submitter?.setAttribute('aria-busy', 'true');
		setTimeout(release, patienceMs, form);
	});

	// The browser keeps a page as it was left: coming back, nothing is under way any more.
	addEventListener('pageshow', (event) => {
		if (!event.persisted) return;
		for (const form of document.forms) release(form);
	});
}

function release(form: HTMLFormElement): void {
	form.removeAttribute('aria-busy');
	// Buttons may stand outside their form, so they are asked for by the form and not looked for inside it.
	for (const element of form.elements) {
		if (element instanceof HTMLButtonElement) element.removeAttribute('aria-busy');
	}
}
