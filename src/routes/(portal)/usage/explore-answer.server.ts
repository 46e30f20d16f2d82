import type { RequestEvent } from '@sveltejs/kit';
import { inBusiness } from '#server/web/page.ts';
import { csvPieces, exploreRows, jsonPieces, streamOf } from './explore-export.ts';
import { readUsagePage } from './read.server.ts';

const kinds = {
	csv: { type: 'text/csv; charset=utf-8', pieces: csvPieces },
	json: { type: 'application/json; charset=utf-8', pieces: jsonPieces }
};

/** The measure that the usage page shows under the same query, as a file. */
export async function answerExploration(
	event: RequestEvent,
	kind: keyof typeof kinds
): Promise<Response> {
	const { explore, range } = await inBusiness(event, (scope) =>
		readUsagePage(scope, event.url.searchParams)
	);
	const { type, pieces } = kinds[kind];
	const rows = explore ? exploreRows(explore, range.from) : [];
	return new Response(streamOf(pieces(rows)), {
		headers: {
			'content-type': type,
			'content-disposition': `attachment; filename="usage-${range.from}-${range.to}.${kind}"`
		}
	});
}
