import { randomBytes } from 'node:crypto';
import type { View } from './application.ts';
import { html, type Html } from './html.ts';

/** One field of a form, as data. */
export interface Field {
	name: string;
	label: string;
	kind: 'text' | 'number' | 'tel' | 'date' | 'select';
	hint?: string;
	/** What it holds at first. */
	value?: string | number;
	options?: { id: string; name: string }[];
}

type More = Pick<Field, 'hint' | 'value'>;

export const input = (name: string, label: string, more: More = {}): Field => ({
	name,
	label,
	kind: 'text',
	...more
});

export const number = (name: string, label: string, more: More = {}): Field => ({
	...input(name, label, more),
	kind: 'number'
});

export const dateField = (name: string, label: string, more: More = {}): Field => ({
	...input(name, label, more),
	kind: 'date'
});

export const phoneField = (name: string, label: string): Field => ({
	...input(name, label),
	kind: 'tel'
});

export const select = (
	name: string,
	label: string,
	options: { id: string; name: string }[],
	more: More = {}
): Field => ({ ...input(name, label, more), kind: 'select', options });

export interface FormWords {
	heading: string;
	submit: string;
	/** What it will do, where the heading does not say it. */
	note?: string | undefined;
	/** Undoes or refuses something. */
	quiet?: boolean;
}

type Shown = Pick<View<unknown>, 'may' | 'isOpen' | 'refused' | 'person'>;

/**
 * The form of one action of the page: nothing for whoever may not do it, and off while nothing may be
 * changed. The business goes along, so that a form left open in another tab does not change another's
 * book, and a ticket, so that sending it twice does it once.
 */
export function form(view: Shown, action: string, words: FormWords, fields: Field[] = []): Html {
	if (!view.may(action)) return html``;
	const refused = view.refused?.action === action ? view.refused : null;
	const off = !view.isOpen(action) && html`disabled`;
	return html`<form class="sheet" method="post" id="${action}">
		<h2>${words.heading}</h2>
		${words.note && html`<p class="muted">${words.note}</p>`}
		<input type="hidden" name="business" value="${view.person.business.id}" />
		<input type="hidden" name="action" value="${action}" />
		<input type="hidden" name="ticket" value="${randomBytes(9).toString('base64url')}" />
		<fieldset ${off}>
			<legend class="unseen">${words.heading}</legend>
			${fields.map((each) => field(action, each, refused))}
			<button ${words.quiet && html`class="quiet"`}>${words.submit}</button>
		</fieldset>
	</form>`;
}

/** The way from the top of a page to its form, where the form is below the list: on a phone. */
export function jump(view: Shown, action: string, words: string): Html {
	if (!view.may(action) || !view.isOpen(action)) return html``;
	return html`<p class="jump"><a class="button" href="#${action}">${words}</a></p>`;
}

/** Several forms of a page may have fields of one name. */
export const fieldId = (action: string, name: string): string => `${action}-${name}`;

function field(
	action: string,
	{ name, label, kind, hint, value, options = [] }: Field,
	refused: View<unknown>['refused']
): Html {
	const id = fieldId(action, name);
	const problem = refused?.problems[name];
	const holds = refused ? (refused.values[name] ?? '') : String(value ?? '');
	const by = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
	const described = [by && html`aria-describedby="${by}"`, problem && html` aria-invalid="true"`];
	const control =
		kind === 'select'
			? html`<select id="${id}" name="${name}" ${described}>
					<option value="">Choose…</option>
					${options.map(
						(option) =>
							html`<option value="${option.id}" ${option.id === holds && html`selected`}>
								${option.name}
							</option>`
					)}
				</select>`
			: html`<input
					id="${id}"
					name="${name}"
					value="${holds}"
					autocomplete="off"
					${kind === 'number' && html`inputmode="numeric"`}
					${(kind === 'date' || kind === 'tel') && html`type="${kind}"`}
					${described}
				/>`;
	return html`<p class="field">
		<label for="${id}">${label}</label>
		${hint && html`<span class="hint" id="${id}-hint">${hint}</span>`} ${control}
		${problem && html`<span class="problem" id="${id}-problem">${problem}</span>`}
	</p>`;
}
