import type { Viewer } from '#server/web/viewer.ts';

declare global {
	namespace App {
		interface Locals {
			/** Names this request in the log and on the error page. */
			requestId: string;
			/** Who asks, read once a request and only when somebody wants to know. */
			viewer: () => Promise<Viewer | null>;
			/** Origins besides ours that a form of this page may lead to (Content-Security-Policy form-action). */
			formTargets: string[];
			/** The person's choice of colours; null follows the system. */
			theme: 'light' | 'dark' | null;
		}
		interface Error {
			status: number;
			message: string;
			/** Stable code of an expected failure. */
			code?: string;
			/** What a person tells support; only on failures that are ours. */
			reference?: string;
			/** Of a launch that was refused: what can be done about it. */
			launch?: {
				slug: string;
				product: string;
				mayAsk: boolean;
				mayGrant: boolean;
				askedAt: Date | null;
				mayPay: boolean;
				/** A limit closed it, and this person may open it again. */
				mayLift: boolean;
			};
		}
		interface PageData {
			/** What the browser tab says before the product's name. */
			title?: string;
		}
	}
}

export {};
