import { redirect, type RequestEvent } from '@sveltejs/kit';
import {
	changePassword,
	endOtherSessions,
	endOwnSession,
	listOwnSessions,
	readSecondFactor,
	recoveryCodeCount,
	type OwnSession,
	type SecondFactor
} from '#server/modules/identity/index.ts';
import { keptValues, toRefusal } from '#server/web/failures.ts';
import { requireViewer } from '#server/web/page.ts';
import { textOf } from '../parts/fields.ts';

/** What a person sees of their own account, in the portal and in the console alike. */
export interface AccountView {
	name: string;
	email: string;
	/** The session that asks. */
	here: string;
	sessions: OwnSession[];
	secondFactor: SecondFactor | null;
	/** How many recovery codes are made at a time. */
	recoveryCodes: number;
	/** What the form that led here has done. */
	done: string | null;
}

export async function readAccount(event: RequestEvent): Promise<AccountView> {
	const { session } = await requireViewer(event);
	const [sessions, secondFactor] = await Promise.all([
		listOwnSessions(session),
		readSecondFactor(session)
	]);
	return {
		name: session.name,
		email: session.email,
		here: session.sessionId,
		sessions,
		secondFactor,
		recoveryCodes: recoveryCodeCount,
		done: event.url.searchParams.get('done')
	};
}

/** The forms of the account page, which leads back to itself at `home`. */
export function accountActions(home: string) {
	const act =
		(name: string, work: (event: RequestEvent, data: FormData) => Promise<unknown>) =>
		async (event: RequestEvent) => {
			const data = await event.request.formData();
			try {
				await work(event, data);
			} catch (failure) {
				return toRefusal(failure, keptValues(data));
			}
			redirect(303, `${home}?done=${name}`);
		};
	return {
		password: act('password', async (event, data) => {
			const { session } = await requireViewer(event);
			await changePassword(session, {
				currentPassword: textOf(data, 'currentPassword'),
				newPassword: textOf(data, 'newPassword')
			});
		}),
		end: act('session', async (event, data) => {
			const { session } = await requireViewer(event);
			await endOwnSession({ personId: session.personId, sessionId: textOf(data, 'session') });
		}),
		endOthers: act('sessions', async (event) => {
			await endOtherSessions((await requireViewer(event)).session);
		})
	};
}
