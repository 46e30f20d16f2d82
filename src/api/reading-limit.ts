import { createMiddleware } from 'hono/factory';
import { TooMany } from '#server/platform/errors.ts';
import { limit } from '#server/platform/limits.ts';
import type { Env } from './env.ts';

const requests = 300;
const seconds = 60;

const perKey = limit('api-reading', requests, seconds);

/** As the IETF's draft of RateLimit headers has them; `default` names the only policy of a key. */
const policyText = (policy: { requests: number; seconds: number }): string =>
	`"default";q=${policy.requests};w=${policy.seconds}`;

export const standing = (
	left: number,
	until: number,
	policy = { requests, seconds }
): Record<string, string> => ({
	'RateLimit-Policy': policyText(policy),
	RateLimit: `"default";r=${left};t=${until}`
});

/** What they say, for the documents. */
export const limitHeaders = {
	'RateLimit-Policy': {
		description: 'How many requests (`q`) a key has in how many seconds (`w`).',
		schema: { type: 'string' as const },
		example: policyText({ requests, seconds })
	},
	RateLimit: {
		description:
			'How many requests are left (`r`), and in how many seconds they all are again (`t`).',
		schema: { type: 'string' as const },
		example: '"default";r=299;t=60'
	}
};

/** For what reads: how often a key may ask, and how it stands, said with every answer. */
export const limitReading = createMiddleware<Env>(async (c, next) => {
	try {
		const { left, seconds: until } = await perKey.take(c.get('key').id);
		c.set('headers', standing(left, until));
	} catch (failure) {
		if (failure instanceof TooMany) c.set('headers', standing(0, failure.retryAfter));
		throw failure;
	}
	await next();
});
