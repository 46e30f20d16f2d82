import { runtime } from '../../platform/runtime.ts';

/** What came of asking a product at its login address. */
export type ProductAnswer =
	| { kind: 'answers' }
	/** Nothing came, in time or at all. */
	| { kind: 'silent' }
	/** Its server failed: 500 and above. */
	| { kind: 'failing'; status: number }
	/** It says that nobody gets in there, or that nothing is there: 401, 403, 404, 410. */
	| { kind: 'refuses'; status: number }
	/** The address leads nowhere: it is none, or no machine has that name. */
	| { kind: 'lost' };

/** A product that says nothing for this long counts as not answering. */
const patienceMs = 1_500;
const keptMs = { yes: 5_000, no: 1_000 };
const refusals = [401, 403, 404, 410];

const known = new Map<string, { answer: Promise<ProductAnswer>; until: number }>();

/**
 * Whether and how a product answers at its login address. Asked outside any door; the answer is kept for
 * seconds, so that many launches ask once.
 */
export function answers(loginUrl: string): Promise<ProductAnswer> {
	const now = runtime().clock.now().getTime();
	const last = known.get(loginUrl);
	if (last && last.until > now) return last.answer;
	const answer = ask(loginUrl);
	const entry = { answer, until: now + 2 * patienceMs };
	known.set(loginUrl, entry);
	return answer.then((heard) => {
		entry.until = now + (heard.kind === 'answers' ? keptMs.yes : keptMs.no);
		return heard;
	});
}

async function ask(url: string): Promise<ProductAnswer> {
	if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return { kind: 'lost' };
	try {
		const signal = AbortSignal.timeout(patienceMs);
		let status = await statusOf(url, 'HEAD', signal);
		// Not every server knows HEAD: what it says to a browser counts.
		if (status >= 400) status = await statusOf(url, 'GET', signal);
		if (status >= 500) return { kind: 'failing', status };
		// Other refusals are of the question, which lacks what a launch brings along.
		return refusals.includes(status) ? { kind: 'refuses', status } : { kind: 'answers' };
	} catch (error) {
		runtime().log.warn({ url, error: (error as Error).message }, 'a product does not answer');
		const { cause } = error as { cause?: { code?: string } };
		return { kind: cause?.code === 'ENOTFOUND' ? 'lost' : 'silent' };
	}
}

async function statusOf(url: string, method: 'HEAD' | 'GET', signal: AbortSignal): Promise<number> {
	// eslint-disable-next-line no-restricted-globals -- this file is the one that talks to products before a launch
	const response = await fetch(url, { method, redirect: 'manual', signal });
	await response.body?.cancel();
	return response.status;
}
