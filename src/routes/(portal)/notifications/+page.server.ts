import { m } from '#lib/paraglide/messages.js';
import { listProducts } from '#server/modules/catalogue/index.ts';
import { countUnread, listNotifications, markRead } from '#server/modules/notifications/index.ts';
import { wordNotification } from '#server/web/notifications.ts';
import { form, page, safeReturn } from '#server/web/page.ts';
import { readCursor } from '../parts/cursor.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	const before = readCursor(url.searchParams.get('before'));
	const [{ notifications, next }, unread, products] = await Promise.all([
		listNotifications(scope, before === undefined ? {} : { before }),
		countUnread(scope, {}),
		listProducts(scope, {})
	]);
	return {
		title: m.notifications_title(),
		now: scope.now,
		zone: scope.actor.timeZone,
		unread,
		/** Where this page of the list begins; null for the newest. */
		before: before ?? null,
		notifications: notifications.map((one) =>
			wordNotification(one, products, scope.actor.timeZone)
		),
		next
	};
});

export const actions: Actions = {
	/** Reads one and goes on to what it tells of. */
	open: form(markRead, {
		input: ({ id }) => ({ id }),
		done: (_, { url }: RequestEvent) => ({ to: safeReturn(url.searchParams.get('to')) })
	}),
	read: form(markRead, {
		input: ({ id }) => ({ id }),
		done: (_, { url }: RequestEvent) => ({ to: backTo(url) })
	}),
	/** Those that the page showed: what came meanwhile stays unread. */
	all: form(markRead, {
		input: ({ until }) => ({ until: new Date(String(until)) }),
		done: (_, { url }: RequestEvent) => ({ to: backTo(url) })
	})
};

function backTo(url: URL): string {
	const before = readCursor(url.searchParams.get('before'));
	return before === undefined
		? '/notifications'
		: `/notifications?${new URLSearchParams({ before }).toString()}`;
}
