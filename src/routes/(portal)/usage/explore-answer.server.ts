import type { RequestEvent } from '@sveltejs/kit';
import { exploreUsage, type Ranked } from '#server/modules/usage/index.ts';
import { download } from '#server/web/download.ts';
import { inBusiness } from '#server/web/page.ts';
import { readExploration, readGroupsAfter, type Groups } from './explore.server.ts';
import {
	csvPieces,
	exploreRows,
	figureRows,
	jsonPieces,
	type ExportRow
} from './explore-export.ts';
import { readLook, type Look } from './look.server.ts';

const pieces = { csv: csvPieces, json: jsonPieces };

/** The measure that the usage page shows under the same query, with all rows of its table, as a file. */
export async function answerExploration(
	event: RequestEvent,
	kind: keyof typeof pieces
): Promise<Response> {
	const { look, explored } = await inBusiness(event, async (scope) => {
		const look = await readLook(scope, event.url.searchParams);
		return { look, explored: await readExploration(scope, look) };
	});
	if (!explored) return answer(look, 'usage', kind, []);
	const { view } = explored;
	const names = view.asked.by === 'user' ? look.names : new Map<string, string>();
	const groups = view.asked.by === '' ? null : groupsOf(event, look);
	return answer(look, 'usage', kind, exploreRows(view, look.range.from, groups, names));
}

/** Every measure, step by step, as a file. */
export async function answerFigures(event: RequestEvent): Promise<Response> {
	const { look, found, now } = await inBusiness(event, async (scope) => {
		const look = await readLook(scope, event.url.searchParams);
		const { range, question, products } = look;
		const found = await exploreUsage(scope, {
			from: range.start,
			to: range.end,
			compare: question.compare ? { from: range.previous.start, to: range.previous.end } : 'none',
			granularity: question.step === 'minute' ? 'hour' : question.step,
			products: products.map(({ slug }) => slug)
		});
		return { look, found, now: scope.now };
	});
	return answer(look, 'figures', 'csv', figureRows(found, look.range.from, now, look.currency));
}

/** Page by page, each in a transaction of its own: nothing is held open while a slow reader reads. */
async function* groupsOf(event: RequestEvent, look: Look): AsyncGenerator<Ranked> {
	let cursor: string | null = null;
	do {
		const after: string | null = cursor;
		const piece: Groups = await inBusiness(event, (scope) => readGroupsAfter(scope, look, after));
		yield* piece.groups;
		cursor = piece.next;
	} while (cursor !== null);
}

function answer(
	{ range, question }: Look,
	what: string,
	kind: keyof typeof pieces,
	rows: Iterable<ExportRow> | AsyncIterable<ExportRow>
): Response {
	const name = [what, question.product, range.from, range.to].filter(Boolean).join('-');
	return download(name, kind, pieces[kind](rows));
}
