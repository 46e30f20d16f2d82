import type { Command } from 'commander';
import { resetSecondFactor } from '#server/modules/identity/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { openQueue } from '#server/platform/jobs.ts';
import { onPortal } from './command.ts';

export function addSecondFactor(user: Command): void {
	user
		.command('reset-second-factor')
		.description(
			'Turn two-step sign-in off for somebody who has lost phone and recovery codes. Make sure first who asks.'
		)
		.requiredOption('--email <address>', 'what the person signs in with')
		.action(({ email }: { email: string }) =>
			onPortal(async () => {
				// The server sends the letter: now, or when it starts next.
				const leaveQueue = await openQueue();
				try {
					await withSystem('evolve user reset-second-factor', (scope) =>
						resetSecondFactor(scope, { email })
					);
				} finally {
					await leaveQueue();
				}
				console.error(`${email} signs in with the password alone, and is told by e-mail.`);
			})
		);
}
