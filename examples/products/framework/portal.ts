import { createEvolve, verifyWebhook, type Declaration, type Evolve } from '#sdk';
import type { ExportReport } from './exports.ts';
import type { Standing } from './standings.ts';
import type { Message } from './webhooks.ts';

export interface PortalOptions {
	url: string;
	key: string;
	webhookSecret: string;
	/** Tells this installation of the product apart. */
	source: string;
	/** Where reports wait on disk while the portal is away. */
	file: string | undefined;
}

/** The portal, as the product knows it: through the SDK and nothing else. */
export interface Portal extends Pick<Evolve, 'event' | 'activity' | 'place' | 'declare'> {
	/** How a business stands at this moment. @throws Error while the portal does not answer */
	readStanding(businessId: string): Promise<Standing>;
	reportExport(report: ExportReport): void;
	/** @throws Error when it is not the portal's, or too old */
	verifyWebhook(headers: Record<string, string | string[] | undefined>, body: string): Message;
	/** Waits a moment for what has not been sent yet. */
	close(): Promise<boolean>;
}

const closed: Standing = { mode: 'closed', status: null, endsAt: null, contact: null, people: [] };

export function connectPortal({ webhookSecret, file, ...options }: PortalOptions): Portal {
	const evolve = createEvolve({
		...options,
		...(file ? { file } : {}),
		onProblem: (words) => console.error(words)
	});
	const last = new Map<string, object>();

	return {
		event: (event) => evolve.event(event),
		activity: (activity) => evolve.activity(activity),
		place: (place) => evolve.place(place),
		declare: (declaration: Declaration) => evolve.declare(declaration),
		async readStanding(businessId) {
			evolve.forget(businessId);
			const read = await evolve.entitlements(businessId);
			if (!read) return closed;
			// While the portal is away the SDK says again what it said before, which is no news.
			if (last.get(businessId) === read) throw new Error('The portal does not answer.');
			last.set(businessId, read);
			const { subscription, settings, mode, closes_at: closesAt, people } = read;
			const ends = closesAt ?? (subscription.status === 'trial' && subscription.trial_ends_on);
			return {
				mode,
				status: subscription.status,
				endsAt: ends ? new Date(ends) : null,
				contact: settings.contact,
				people
			};
		},
		reportExport: ({ id, ...report }) => evolve.reportExport(id, report),
		verifyWebhook: (headers, body) => verifyWebhook(webhookSecret, headers, body),
		close: () => evolve.close(2_000)
	};
}
