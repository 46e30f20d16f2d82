import { error } from '@sveltejs/kit';
import { withSystem } from '#server/platform/doors.ts';
import { listMails } from '#server/platform/mail.ts';
import { runtime } from '#server/platform/runtime.ts';

/** The newest letters, under development alone: in production they are other people's post. */
export async function readOutbox(): Promise<{ letters: Awaited<ReturnType<typeof listMails>> }> {
	if (!runtime().development) error(404, 'This page does not exist.', { code: 'not_found' });
	return { letters: await withSystem('web.outbox', (scope) => listMails(scope, 50)) };
}
