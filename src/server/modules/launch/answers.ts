import { runtime } from '../../platform/runtime.ts';

/** A product that says nothing for this long counts as not answering. */
const patienceMs = 1_500;
const keptMs = { yes: 5_000, no: 1_000 };

const known = new Map<string, { answer: Promise<boolean>; until: number }>();

/**
 * Whether a product answers at its login address: anything but silence and a failure of its server.
 * Asked outside any door; the answer is kept for seconds, so that many launches ask once.
 */
export function answers(loginUrl: string): Promise<boolean> {
	const now = runtime().clock.now().getTime();
	const last = known.get(loginUrl);
	if (last && last.until > now) return last.answer;
	const answer = ask(loginUrl);
	const entry = { answer, until: now + patienceMs };
	known.set(loginUrl, entry);
	return answer.then((yes) => {
		entry.until = now + (yes ? keptMs.yes : keptMs.no);
		return yes;
	});
}

async function ask(url: string): Promise<boolean> {
	try {
		// eslint-disable-next-line no-restricted-globals -- this file is the one that talks to products before a launch
		const response = await fetch(url, {
			method: 'HEAD',
			redirect: 'manual',
			signal: AbortSignal.timeout(patienceMs)
		});
		return response.status < 500;
	} catch (error) {
		runtime().log.warn({ url, error: (error as Error).message }, 'a product does not answer');
		return false;
	}
}
