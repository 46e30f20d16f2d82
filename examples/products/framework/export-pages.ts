import { choice, type Application, type Page, type View } from './application.ts';
import type { Export, Exports } from './exports.ts';
import { form, select } from './forms.ts';
import { day, html, type Html } from './html.ts';
import { facts, table } from './lists.ts';

const stateWords: Record<Export['state'], string> = {
	preparing: 'Being written',
	ready: 'Ready',
	failed: 'Failed: ask again'
};

const sizeWords = (bytes: number): string =>
	bytes < 1_000 ? `${bytes} bytes` : `${Math.ceil(bytes / 1_000).toLocaleString('en-KE')} KB`;

/** Where a business takes its data with it; open as long as anything of the product is. */
export function exportPages<Book>(
	{ exporters }: Pick<Application<Book>, 'exporters'>,
	kinds: readonly { slug: string; name: string }[],
	exports: Exports<Book>
): Page<Book>[] {
	const choices = kinds.map(({ slug, name }) => ({ id: slug, name }));

	const showAll = (view: View<Book>): Html => {
		const own = exports.of(view.person.business.id);
		return html`<div class="columns">
			${
				own.length > 0
					? table(
							'Exports, kept for a week',
							['What', 'Asked for', 'State', 'Size#'],
							own.map((each) => [
								html`<a href="/exports/${each.id}">${each.name}</a>`,
								day(each.at),
								stateWords[each.state],
								each.file ? sizeWords(each.file.size) : ''
							])
						)
					: html`<p class="empty">No export is kept. Ask for one here or in Evolve Business.</p>`
			}
			${form(
				view,
				'ask',
				{
					heading: 'New export',
					submit: 'Write it',
					note: 'CSV files that any spreadsheet opens.'
				},
				[select('kind', 'What', choices, { value: 'everything' })]
			)}
		</div>`;
	};

	const showOne = (view: View<Book>): Html | undefined => {
		const found = exports.find(view.person.business.id, view.id);
		if (!found) return undefined;
		const { file } = found;
		return html`${facts({
				State: stateWords[found.state],
				'Asked for': day(found.at),
				'Kept until': day(found.expiresAt),
				...(file && { File: file.name, Size: sizeWords(file.size) })
			})}
			<p>
				${
					file
						? html`<a class="button" href="/exports/${found.id}/file" download>Download</a>`
						: html`<a class="button" href="/exports/${found.id}">Look again</a>`
				}
			</p>`;
	};

	return [
		{
			path: '/exports',
			label: 'Exports',
			nav: 'Exports',
			isAside: true,
			roles: exporters,
			show: showAll,
			actions: {
				ask: {
					roles: exporters,
					what: 'ask for exports',
					leavesBook: true,
					act(_book, fields, { person }) {
						const { id } = choice(fields, 'kind', 'what to export', choices);
						const made = exports.ask(person.business, id, null);
						return {
							done: `${made?.name ?? id} is being written.`,
							what: `exported ${(made?.name ?? id).toLowerCase()}`,
							where: 'Exports',
							path: `/exports/${made?.id ?? ''}`
						};
					}
				}
			}
		},
		{
			path: '/exports/:id',
			label: (view) => {
				const found = exports.find(view.person.business.id, view.id);
				return found ? `Exports › ${found.name}` : 'Exports';
			},
			isAside: true,
			roles: exporters,
			show: showOne
		}
	];
}
