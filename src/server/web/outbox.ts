import { error } from '@sveltejs/kit';
import { withSystem } from '#server/platform/doors.ts';
import { listMails, openAttachment, type PostedLetter } from '#server/platform/mail.ts';
import { runtime } from '#server/platform/runtime.ts';
import { toErrorPage } from './failures.ts';

/** The newest letters, under development alone: in production they are other people's post. */
export async function readOutbox(): Promise<{ letters: PostedLetter[] }> {
	requireDevelopment();
	return { letters: await withSystem('web.outbox', (scope) => listMails(scope, 50)) };
}

/** A file that goes along with a letter. @param place from 0 */
export async function readAttachment(mailId: string, place: string): Promise<Response> {
	requireDevelopment();
	try {
		const { name, type, bytes } = await openAttachment(mailId, Number(place));
		return new Response(new Uint8Array(bytes), {
			headers: {
				'content-type': type,
				'content-disposition': `attachment; filename="${name}"`,
				'cache-control': 'no-store'
			}
		});
	} catch (failure) {
		return toErrorPage(failure);
	}
}

function requireDevelopment(): void {
	if (!runtime().development) error(404, 'This page does not exist.', { code: 'not_found' });
}
