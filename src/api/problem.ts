import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import * as v from 'valibot';
import { Expected, Invalid, TooMany, type Issue } from '#server/platform/errors.ts';
import { runtime } from '#server/platform/runtime.ts';
import { titles, type Code } from './codes.ts';

/** Failures as the API tells them: `application/problem+json` (RFC 9457). */
export const Problem = v.pipe(
	v.object({
		type: v.pipe(v.string(), v.description('Where this kind of problem is explained.')),
		title: v.pipe(v.string(), v.description('What this kind of problem is called.')),
		status: v.pipe(v.number(), v.integer()),
		detail: v.pipe(v.string(), v.description('What was wrong with this request.')),
		code: v.pipe(v.string(), v.description('Stable: programs can rely on it.')),
		errors: v.optional(
			v.pipe(
				v.array(
					v.object({
						index: v.optional(
							v.pipe(
								v.number(),
								v.integer(),
								v.description('Position in the batch or list, from 0.')
							)
						),
						path: v.pipe(v.string(), v.description('The field, such as `data.bytes`.')),
						code: v.string(),
						message: v.string()
					})
				),
				v.description('Each fault by itself; the first hundred.')
			)
		),
		reference: v.optional(
			v.pipe(v.string(), v.description('What to tell us about a failure on our side.'))
		)
	}),
	v.metadata({ ref: 'Problem' })
);

/** Faults that are told of one request. */
const longestList = 100;

/** Turns whatever a handler threw into its answer. What nobody expected says nothing of what it was. */
export function toProblem(failure: unknown, c: Context): Response {
	if (!(failure instanceof Expected)) {
		const reference = randomUUID();
		runtime().log.error({ error: failure, reference, path: c.req.path }, 'an API request failed');
		return answer(c, 500, 'internal', 'Something went wrong on our side.', { reference });
	}
	if (failure instanceof TooMany) c.header('Retry-After', String(failure.retryAfter));
	if (failure.status === 401) c.header('WWW-Authenticate', challenge(failure.code));
	const issues = failure instanceof Invalid ? failure.issues : [];
	const detail =
		issues.length > 1 ? `${issues.length} things are wrong; none was taken.` : failure.message;
	const errors = issues.slice(0, longestList).map((issue) => toError(issue, failure.code));
	return answer(c, failure.status, failure.code, detail, errors.length > 0 ? { errors } : {});
}

/** RFC 6750, section 3: a request without a key is told only that one is wanted. */
function challenge(code: string): string {
	return code === 'missing_key'
		? 'Bearer realm="evolve"'
		: 'Bearer realm="evolve", error="invalid_token"';
}

function toError({ index, path, code, message }: Issue, fallback: string): object {
	return { ...(index === undefined ? {} : { index }), path, code: code ?? fallback, message };
}

function answer(c: Context, status: number, code: string, detail: string, more: object): Response {
	const body = {
		type: `${runtime().publicUrl}/api/v1/docs#${code}`,
		title: titles[code as Code] ?? 'The request cannot be carried out',
		status,
		detail,
		code,
		...more
	};
	c.header('Content-Type', 'application/problem+json');
	c.header('Cache-Control', 'no-store');
	return c.body(JSON.stringify(body), status as 400);
}
