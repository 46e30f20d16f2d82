import { html, many, type Html, type Value } from './html.ts';

export interface List<Row> {
	caption: string;
	/** One of them and several, to count with: `entry`, `entries`. */
	one: string;
	several?: string;
	/** A name that ends in `#` is that of a column of numbers. */
	columns: string[];
	rows: readonly Row[];
	cells(row: Row): Value[];
	/** What a search looks through; without it there is none. */
	words?(row: Row): string;
	/** Said where there is nothing at all yet. */
	empty: string;
	/** Narrows further; kept through search and pages. */
	filters?: { name: string; words: string; keeps(row: Row): boolean }[];
}

const perPage = 12;

/** A list with search and pages, both in the address, so that they can be kept and need no script. */
export function list<Row>(view: { query: URLSearchParams; path: string }, its: List<Row>): Html {
	const { caption, one, several, columns, cells, words, empty, filters = [] } = its;
	if (its.rows.length === 0) return html`<p class="empty">${empty}</p>`;
	const asked = view.query.get('q')?.trim() ?? '';
	const filter = filters.find(({ name }) => name === view.query.get('show'));
	const wanted = asked.toLowerCase().split(/\s+/).filter(Boolean);
	const found = its.rows.filter(
		(row) =>
			(!filter || filter.keeps(row)) &&
			(!words || wanted.every((word) => words(row).toLowerCase().includes(word)))
	);
	const pages = Math.max(1, Math.ceil(found.length / perPage));
	const at = Math.min(pages, Math.max(1, Math.trunc(Number(view.query.get('page'))) || 1));
	const address = (changes: Record<string, string>): string => {
		const query = new URLSearchParams();
		const kept = { q: asked, show: filter?.name ?? '', ...changes };
		for (const [name, value] of Object.entries(kept)) if (value) query.set(name, value);
		return query.size > 0 ? `${view.path}?${query.toString()}` : view.path;
	};

	const search =
		words &&
		html`<form class="search" role="search">
			<label for="q">Search</label>
			<input id="q" name="q" type="search" value="${asked}" autocomplete="off" />
			${filter && html`<input type="hidden" name="show" value="${filter.name}" />`}
			<button class="quiet">Search</button>
		</form>`;
	const choices =
		filters.length > 0 &&
		html`<p class="filters">
			${[{ name: '', words: 'All' }, ...filters].map(
				({ name, words: label }) =>
					html`<a
						href="${address({ show: name })}"
						${name === (filter?.name ?? '') && html`aria-current="true"`}
						>${label}</a
					>`
			)}
		</p>`;
	const shown = found.slice((at - 1) * perPage, at * perPage);
	const count =
		found.length === its.rows.length
			? many(found.length, one, several)
			: `${found.length.toLocaleString('en-KE')} of ${many(its.rows.length, one, several)}`;
	return html`<section class="list">
		${search} ${choices}
		${
			shown.length > 0
				? table(`${caption}: ${count}`, columns, shown.map(cells))
				: html`<p class="empty">
						Nothing fits${asked && ` “${asked}”`}. <a href="${view.path}">Show all</a>
					</p>`
		}
		${pages > 1 && pager(at, pages, (page) => address({ page: page > 1 ? String(page) : '' }))}
	</section>`;
}

function pager(at: number, pages: number, address: (page: number) => string): Html {
	return html`<nav class="pages" aria-label="Pages">
		${at > 1 ? html`<a href="${address(at - 1)}" rel="prev">Earlier page</a>` : html`<span></span>`}
		<span>Page ${at} of ${pages}</span>
		${at < pages ? html`<a href="${address(at + 1)}" rel="next">Next page</a>` : html`<span></span>`}
	</nav>`;
}

/** Columns whose name ends in `#` hold numbers. On a phone each row becomes a card. */
export function table(caption: string, columns: string[], rows: Value[][]): Html {
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

/** A few figures, large; one that leads somewhere is a link. */
export function figures(all: Record<string, Value>): Html {
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

/** Named facts about one thing. */
export function facts(all: Record<string, Value>): Html {
	return html`<dl class="facts">
		${Object.entries(all).map(
			([term, value]) =>
				html`<div>
					<dt>${term}</dt>
					<dd>${value}</dd>
				</div>`
		)}
	</dl>`;
}
