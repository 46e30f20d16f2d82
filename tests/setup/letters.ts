import { listMails } from '#server/platform/mail.ts';
import { withSystem } from '#server/platform/doors.ts';

/** What was written to somebody, the newest first. */
export async function lettersTo(email: string) {
	const letters = await withSystem('test', (scope) => listMails(scope, 200));
	return letters.filter(({ to }) => to === email);
}
