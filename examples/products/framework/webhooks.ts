import type { Business } from './application.ts';

/** A message of the portal whose signature holds. */
export interface Message {
	/** The same however often it is sent. */
	id: string;
	type: string;
	data: { business: Business; export?: { id: string; kind: string } };
}

/** The HTTP status, and words for whoever reads the portal's list of deliveries. */
export interface Answer {
	status: number;
	said: string;
}

export interface WebhookParts {
	/** @throws Error when it is not the portal's, or too old */
	verify(headers: Record<string, string | string[] | undefined>, body: string): Message;
	/** Reads anew how a business stands. @throws Error while the portal does not answer */
	refresh(businessId: string): Promise<void>;
	ask(business: Business, kind: string, asked: string): void;
}

/** The portal tries for three days; what it sends again after that it signs anew. */
const rememberedMs = 3 * 86_400_000;
const rememberedMost = 5_000;

/**
 * Hears of changes from the portal. A message is a reason to look, not the truth: messages may overtake
 * each other, so how a business stands is read anew whichever came.
 */
export function createWebhooks({ verify, refresh, ask }: WebhookParts) {
	const heard = new Map<string, { at: number; answer: Promise<Answer> }>();

	const take = async ({ type, data }: Message): Promise<void> => {
		switch (type) {
			case 'access.changed':
			case 'subscription.changed':
			case 'settings.changed':
				return refresh(data.business.id);
			case 'export.asked':
				if (data.export) ask(data.business, data.export.kind, data.export.id);
				return;
			default:
				// What the product does not know needs nothing of it, such as a test.
				return;
		}
	};

	const answerTo = async (message: Message): Promise<Answer> => {
		try {
			await take(message);
			return { status: 200, said: 'heard' };
		} catch (error) {
			// It is sent again, and has not been heard then.
			heard.delete(message.id);
			return { status: 503, said: (error as Error).message };
		}
	};

	return {
		async receive(
			headers: Record<string, string | string[] | undefined>,
			body: string
		): Promise<Answer> {
			let message: Message;
			try {
				message = verify(headers, body);
			} catch (error) {
				return { status: 401, said: (error as Error).message };
			}
			const known = await heard.get(message.id)?.answer;
			if (known) return known.status === 200 ? { status: 200, said: 'heard before' } : known;
			const answer = answerTo(message);
			heard.set(message.id, { at: Date.now(), answer });
			for (const [id, { at }] of heard)
				if (at < Date.now() - rememberedMs || heard.size > rememberedMost) heard.delete(id);
				else break;
			return answer;
		}
	};
}

export type Webhooks = ReturnType<typeof createWebhooks>;
