import type { Outcome } from './lane.ts';

/** An answer that takes longer counts as none; the same ids make trying again harmless. */
const patienceMs = 10_000;

interface Problem {
	title?: unknown;
	detail?: unknown;
	errors?: unknown;
}

/** What is handed over. */
export interface Parcel {
	body: unknown;
	method?: 'POST' | 'PUT';
	contentType?: string;
	/** An answer 404 means that what the parcel is about does not exist, and not that the address is wrong. */
	refusedIfUnknown?: boolean;
}

/** One try to hand something to the portal's API; it never throws. */
export async function post(
	url: string,
	key: string,
	{ body, method = 'POST', contentType = 'application/json', refusedIfUnknown = false }: Parcel
): Promise<Outcome> {
	let response: Response;
	try {
		response = await fetch(url, {
			method,
			headers: { authorization: `Bearer ${key}`, 'content-type': contentType },
			body: JSON.stringify(body),
			redirect: 'error',
			signal: AbortSignal.timeout(patienceMs)
		});
	} catch (error) {
		return { kind: 'later', why: `${url}: ${(error as Error).message}` };
	}
	if (response.ok) {
		await response.body?.cancel();
		return { kind: 'taken' };
	}
	const problem = await readProblem(response);
	const unknown = refusedIfUnknown && response.status === 404;
	const why = `${response.status} ${String(problem.detail ?? problem.title ?? '')}`.trim();
	switch (unknown ? 400 : response.status) {
		case 400:
		case 409:
		case 413:
		case 415:
		case 422: {
			const which = positions(problem.errors);
			return which.length > 0 ? { kind: 'refused', why, which } : { kind: 'refused', why };
		}
		default:
			// Also 401 and 404: a key or an address can be mended while what was reported waits.
			return { kind: 'later', why, ...waitAsked(response) };
	}
}

async function readProblem(response: Response): Promise<Problem> {
	try {
		const problem = (await response.json()) as Problem | null;
		return problem ?? {};
	} catch {
		// Proxies answer with pages; the status says enough.
		return {};
	}
}

function positions(errors: unknown): number[] {
	if (!Array.isArray(errors)) return [];
	const found = errors.map((error: { index?: unknown } | null) => error?.index);
	return [...new Set(found.filter((index) => typeof index === 'number'))];
}

function waitAsked(response: Response): { afterMs?: number } {
	const seconds = Number(response.headers.get('retry-after'));
	return Number.isFinite(seconds) && seconds > 0
		? { afterMs: Math.min(seconds, 3_600) * 1_000 }
		: {};
}
