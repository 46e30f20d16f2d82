import type { Person } from './application.ts';
import { html, type Html } from './html.ts';

export interface Frame {
	slug: string;
	name: string;
	portalUrl: string;
	nav: { path: string; nav: string }[];
}

export interface Shown {
	title: string;
	body: Html;
	person?: Person;
	/** The path of the page, to mark its word in the navigation. */
	path?: string;
	/** What has just been done. */
	done?: string | undefined;
}

export function draw(frame: Frame, shown: Shown): string {
	const { person, path = '' } = shown;
	return html`<!doctype html>
		<html lang="en-KE">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta name="color-scheme" content="light dark" />
				<title>${shown.title} · ${frame.name}</title>
				<link rel="icon" href="/icon.svg" type="image/svg+xml" />
				<link rel="stylesheet" href="/style.css" />
			</head>
			<body class="${frame.slug}">
				<a class="skip" href="#main">Skip to the page</a>
				${person && bar(frame, person, path)}
				<main id="main" tabindex="-1">
					<h1>${shown.title}</h1>
					${shown.done && html`<p class="done" role="status">${shown.done}</p>`}${shown.body}
				</main>
			</body>
		</html>`.markup;
}

function bar(frame: Frame, person: Person, path: string): Html {
	const current = currentOf(frame, path);
	return html`<header>
		<div class="top">
			<a class="name" href="/"
				><img src="/icon.svg" alt="" width="24" height="24" />${frame.name}</a
			>
			<span class="business">${person.business.name}</span>
			<a class="portal" href="${frame.portalUrl}/">Evolve Business</a>
			<form method="post" action="/sign-out">
				<button class="quiet" title="Signed in as ${person.name}, ${person.role}">
					Sign out <span class="wide muted">${person.name}</span>
				</button>
			</form>
		</div>
		<nav aria-label="${frame.name}">
			${frame.nav.map(
				(each) =>
					html`<a href="${each.path}" ${each.path === current && html`aria-current="page"`}
						>${each.nav}</a
					>`
			)}
		</nav>
	</header>`;
}

/** The word of the navigation that leads to this page, or nearest above it. */
function currentOf({ nav }: Frame, path: string): string | undefined {
	return nav
		.map((each) => each.path)
		.filter((at) => path === at || (at !== '/' && path.startsWith(`${at}/`)))
		.sort((one, other) => other.length - one.length)[0];
}

/** A page with nobody signed in: what is the matter, and a way on. */
export function message(words: string, way: { href: string; words: string }): Html {
	return html`<p>${words}</p>
		<p><a class="button" href="${way.href}">${way.words}</a></p>`;
}

/** A few figures, large. */
export function figures(all: Record<string, Html | string | number>): Html {
	return html`<dl class="figures">
		${Object.entries(all).map(
			([term, value]) =>
				html`<div>
					<dt>${term}</dt>
					<dd>${value}</dd>
				</div>`
		)}
	</dl>`;
}

/** Columns whose name ends in `#` hold numbers. */
export function table(
	caption: string,
	columns: string[],
	rows: (Html | string | number)[][]
): Html {
	if (rows.length === 0) return html`<p class="muted">Nothing here yet.</p>`;
	const numeric = columns.map((name) => name.endsWith('#'));
	const names = columns.map((name) => name.replace(/#$/, ''));
	return html`<div class="table">
		<table>
			<caption>
				${caption}
			</caption>
			<thead>
				<tr>
					${names.map((name, n) => html`<th scope="col" ${numeric[n] && html`class="number"`}>${name}</th>`)}
				</tr>
			</thead>
			<tbody>
				${rows.map(
					(row) =>
						html`<tr>
							${row.map(
								(cell, n) =>
									html`<td data-name="${names[n]}" ${numeric[n] && html`class="number"`}>
										${cell}
									</td>`
							)}
						</tr>`
				)}
			</tbody>
		</table>
	</div>`;
}

/** Words and figures that a form starts from and comes back with. */
interface Filled {
	values: Record<string, string>;
	problems: Record<string, string>;
	person: Person;
}

/** The business goes along, so that a form left open in another tab does not change another's book. */
export function form(view: Filled, heading: string, submit: string, fields: Html[]): Html {
	return html`<form class="sheet" method="post">
		<h2>${heading}</h2>
		<input type="hidden" name="business" value="${view.person.business.id}" />
		${fields}
		<button>${submit}</button>
	</form>`;
}

export function field(
	view: Filled,
	name: string,
	label: string,
	type: 'text' | 'number' = 'text'
): Html {
	const numeric = type === 'number' && html`inputmode="numeric"`;
	return labelled(
		view,
		name,
		label,
		html`<input
			id="${name}"
			name="${name}"
			value="${view.values[name]}"
			autocomplete="off"
			${numeric}
			${described(view, name)}
		/>`
	);
}

export function select(
	view: Filled,
	name: string,
	label: string,
	options: { id: string; name: string }[]
): Html {
	return labelled(
		view,
		name,
		label,
		html`<select id="${name}" name="${name}" ${described(view, name)}>
			<option value="">Choose…</option>
			${options.map(
				(option) =>
					html`<option value="${option.id}" ${option.id === view.values[name] && html`selected`}>
						${option.name}
					</option>`
			)}
		</select>`
	);
}

function labelled(view: Filled, name: string, label: string, control: Html): Html {
	const problem = view.problems[name];
	return html`<p class="field">
		<label for="${name}">${label}</label>
		${control} ${problem && html`<span class="problem" id="${name}-problem">${problem}</span>`}
	</p>`;
}

function described({ problems }: Filled, name: string): Html | false {
	return Boolean(problems[name]) && html`aria-invalid="true" aria-describedby="${name}-problem"`;
}
