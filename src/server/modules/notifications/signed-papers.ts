import { enqueue, hasten, on, type Job } from '../../platform/jobs.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { holdUnsigned } from '../fiscal/index.ts';

/**
 * So long a letter waits for the control unit to sign the paper that goes along. A unit that does not answer has
 * been asked five times by then; the paper says that it is not signed yet, and what it is due for does not wait.
 */
const longestWaitSeconds = 10 * 60;

const waiting = new Set<{ name: string }>();

/** Says that letters of this job may wait for a signature. */
export function waitsForSignature<J extends { name: string }>(job: J): J {
	waiting.add(job);
	return job;
}

/**
 * Has a letter written once its document is signed, or when it has waited long enough; at once where no unit
 * signs it. Together with the scope's transaction: it is written once, whoever is killed.
 */
export async function onceSigned<T extends object>(
	scope: Scope<System>,
	documentId: string,
	job: Job<T>,
	data: T
): Promise<void> {
	const waits = await holdUnsigned(scope, { documentId });
	await enqueue(scope, job, data, waits ? { startAfter: longestWaitSeconds, key: documentId } : {});
}

on('signature.given', 'notifications.papers-signed', async (scope, { data }) => {
	for (const job of waiting) await hasten(scope, job, data.documentIds);
});
