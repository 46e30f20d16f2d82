import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Badge.svelte';
import type { IconName } from '#lib/ui/icons.ts';
import type { MessageKind, MessageStatus, Outcome } from '#server/modules/webhooks/index.ts';

/** How a message stands, as its badge says it. */
export function statusLook(status: MessageStatus): { tone: Tone; icon: IconName; words: string } {
	switch (status) {
		case 'waiting':
			return { tone: 'warn', icon: 'clock', words: m.webhooks_waiting() };
		case 'delivered':
			return { tone: 'ok', icon: 'check-circle', words: m.webhooks_delivered() };
		case 'given_up':
			return { tone: 'bad', icon: 'error', words: m.webhooks_given_up() };
	}
}

const kinds: Record<MessageKind, () => string> = {
	'subscription.changed': m.webhooks_kind_subscription,
	'access.changed': m.webhooks_kind_access,
	'settings.changed': m.webhooks_kind_settings,
	'export.asked': m.webhooks_kind_export,
	'webhook.test': m.webhooks_kind_test
};

/** What a message is about. */
export function kindWords(kind: MessageKind): string {
	return kinds[kind]();
}

/** How a try went. */
export function outcomeWords({ status, failure }: Outcome): string {
	if (failure === null) return m.webhooks_answered({ status: status ?? 0 });
	const { kind, detail } = failure;
	switch (kind) {
		case 'address':
			return m.webhooks_failed_address();
		case 'private':
			return m.webhooks_failed_private({ detail });
		case 'name':
			return m.webhooks_failed_name();
		case 'refused':
			return m.webhooks_failed_refused();
		case 'timeout':
			return m.webhooks_failed_timeout();
		case 'cut':
			return m.webhooks_failed_cut();
		case 'certificate':
			return m.webhooks_failed_certificate({ detail });
		case 'network':
			return m.webhooks_failed_network({ detail });
	}
}

/** JSON laid out for reading. */
export function laidOut(body: string): string {
	return JSON.stringify(JSON.parse(body), null, 2);
}
