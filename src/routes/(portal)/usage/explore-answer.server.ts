import type { RequestEvent } from '@sveltejs/kit';
import { download } from '#server/web/download.ts';
import { inBusiness } from '#server/web/page.ts';
import { csvPieces, exploreRows, jsonPieces } from './explore-export.ts';
import { readUsagePage } from './read.server.ts';

const pieces = { csv: csvPieces, json: jsonPieces };

/** The measure that the usage page shows under the same query, as a file. */
export async function answerExploration(
	event: RequestEvent,
	kind: keyof typeof pieces
): Promise<Response> {
	const { explore, range } = await inBusiness(event, (scope) =>
		readUsagePage(scope, event.url.searchParams)
	);
	const rows = explore ? exploreRows(explore, range.from) : [];
	return download(`usage-${range.from}-${range.to}`, kind, pieces[kind](rows));
}
