import type { SignInStep, StartedSession } from '#server/modules/identity/index.ts';

/** The session that a sign-in led to; of somebody who owes a code there is none. */
export async function sessionFrom(step: Promise<SignInStep>): Promise<StartedSession> {
	const reached = await step;
	if (reached.step !== 'in') throw new Error('The sign-in waits for a code.');
	return reached;
}
