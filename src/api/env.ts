import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiKey, IntegratorKey } from '#server/modules/catalogue/index.ts';

/** What a handler of the API finds in its context. */
export interface Env {
	/** The request as Node has it; absent where a test calls the application directly. */
	Bindings: { incoming?: IncomingMessage; outgoing?: ServerResponse };
	Variables: {
		/** The product that speaks, once `authenticate` has run. */
		key: ApiKey;
		/** The vendor's system that speaks, once `integrator` has run. */
		integrator: IntegratorKey;
		/** What the answer carries besides, be it a failure. */
		headers?: Record<string, string>;
	};
}
