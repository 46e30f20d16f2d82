import type { RequestEvent } from '@sveltejs/kit';
import { roleName } from '#lib/i18n/roles.ts';
import { m } from '#lib/paraglide/messages.js';
import type { ShellView } from '#lib/ui/shell/view.ts';
import {
	listSubscriptions,
	readAttention,
	type Subscription
} from '#server/modules/billing/index.ts';
import { listLaunchers, type Launcher } from '#server/modules/launch/index.ts';
import { countUnread } from '#server/modules/notifications/index.ts';
import { countOpenTickets } from '#server/modules/support/index.ts';
import { allowed } from '#server/platform/permissions.ts';
import { runtime } from '#server/platform/runtime.ts';
import type { Member, Scope } from '#server/platform/scope.ts';
import { once } from './once.ts';
import type { Viewer } from './viewer.ts';

export type Shell = ShellView;

/** Everything the frame around a page shows, read behind the same door as the page. */
export async function readShell(
	scope: Scope<Member>,
	viewer: Viewer,
	event: RequestEvent
): Promise<Shell> {
	const { actor } = scope;
	// Before anything is read: what changes from here on, the page is told.
	const mark = runtime().live.mark(actor.businessId);
	const [subscriptions, launchers, attention, openTickets, unread] = await Promise.all([
		once(scope, listSubscriptions),
		once(scope, listLaunchers),
		allowed(actor.role, 'billing.read') ? once(scope, readAttention) : null,
		countOpenTickets(scope, {}),
		countUnread(scope, {})
	]);
	const { session, memberships, current } = viewer;
	return {
		business: current?.name ?? '',
		person: {
			name: session.name,
			initials: initialsOf(session.name),
			role: roleName(actor.role),
			email: session.email
		},
		businesses: memberships.map(({ businessId, name }) => ({
			id: businessId,
			name,
			current: businessId === actor.businessId
		})),
		products: subscriptions.map(({ product, status }) => {
			const note = statusNote(status);
			return {
				slug: product.slug,
				name: product.name,
				mark: product.mark,
				launch: launchOf(launchers.get(product.id)),
				...(note ? { note } : {})
			};
		}),
		unread,
		...(attention
			? {
					billingNote:
						attention.days < 0
							? m.shell_note_overdue({ count: 1 + attention.others })
							: m.shell_note_due({ count: 1 + attention.others })
				}
			: {}),
		...(openTickets > 0 ? { supportNote: m.shell_note_open({ count: openTickets }) } : {}),
		theme: event.locals.theme ?? 'system',
		sidebar: event.cookies.get('sidebar') === 'collapsed' ? 'collapsed' : 'expanded',
		path: event.url.pathname + event.url.search,
		isStaff: session.staff,
		drawn: { at: scope.now, zone: actor.timeZone },
		live: `/live?since=${mark}`
	};
}

/** How the palette opens it; null where it would only lead to a refusal. */
function launchOf(launcher: Launcher | undefined): Shell['products'][number]['launch'] {
	if (!launcher?.allowed || launcher.mode === 'closed') return null;
	return { newTab: launcher.newTab };
}

function statusNote(status: Subscription['status']): string | null {
	switch (status) {
		case 'active':
			return null;
		case 'trial':
			return m.shell_note_trial();
		case 'past_due':
			return m.shell_note_past_due();
		case 'suspended':
			return m.shell_note_suspended();
		case 'paused':
			return m.shell_note_paused();
		case 'ended':
			return m.shell_note_ended();
	}
}

/** First letters of the first and the last word: `Wanjiku Kamau` is WK. */
export function initialsOf(name: string): string {
	const words = name.trim().split(/\s+/);
	const first = words[0]?.charAt(0) ?? '';
	const last = words.length > 1 ? (words.at(-1)?.charAt(0) ?? '') : '';
	return (first + last).toUpperCase();
}
