/** Markup that is safe to send: what came in from outside has been escaped. */
export class Html {
	readonly markup: string;
	constructor(markup: string) {
		this.markup = markup;
	}
}

export type Value = Html | string | number | null | undefined | false | readonly Value[];

/** Markup with values in it; a value is text, unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
	return new Html(String.raw({ raw: strings }, ...values.map(markupOf)));
}

function markupOf(value: Value): string {
	if (value === null || value === undefined || value === false) return '';
	if (value instanceof Html) return value.markup;
	if (typeof value === 'object') return value.map(markupOf).join('');
	return String(value).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Whole shillings, as people write them. */
export function money(shillings: number): string {
	const amount = Math.abs(shillings).toLocaleString('en-KE', { maximumFractionDigits: 0 });
	return `${shillings < 0 ? '−' : ''}KES ${amount}`;
}

/** `12 Nov 2026`, of an instant or a civil day. */
export function dayWords(at: string): string {
	return new Date(at).toLocaleDateString('en-GB', {
		day: 'numeric',
		month: 'short',
		year: 'numeric',
		timeZone: 'Africa/Nairobi'
	});
}

export function day(at: string): Html {
	return html`<time datetime="${at}">${dayWords(at)}</time>`;
}

/** `1 item`, `3 items`. */
export function many(count: number, one: string, more = `${one}s`): string {
	return `${count.toLocaleString('en-KE')} ${count === 1 ? one : more}`;
}
