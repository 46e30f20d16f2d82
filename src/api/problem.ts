import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import * as v from 'valibot';
import { Expected, Invalid, TooMany, type Issue } from '#server/platform/errors.ts';
import { runtime } from '#server/platform/runtime.ts';
import { titles, type Code } from './codes.ts';
import type { Env } from './env.ts';
import { reply } from './reply.ts';

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
export function toProblem(failure: unknown, c: Context<Env>): Response {
	if (!(failure instanceof Expected)) {
		const reference = randomUUID();
		runtime().log.error({ error: failure, reference, path: c.req.path }, 'an API request failed');
		return answer(c, 500, 'internal', 'Something went wrong on our side.', { reference });
	}
	const issues = failure instanceof Invalid ? failure.issues : [];
	const detail =
		issues.length > 1 ? `${issues.length} things are wrong; none was taken.` : failure.message;
	const errors = issues.slice(0, longestList).map((issue) => toError(issue, failure.code));
	return answer(
		c,
		failure.status,
		failure.code,
		detail,
		errors.length > 0 ? { errors } : {},
		headersOf(failure)
	);
}

function headersOf(failure: Expected): Record<string, string> {
	if (failure instanceof TooMany) return { 'Retry-After': String(failure.retryAfter) };
	if (failure instanceof MethodNotAllowed) return { Allow: failure.allowed.join(', ') };
	// RFC 6750, section 3: a request without a key is told only that one is wanted.
	if (failure.code === 'missing_key') return { 'WWW-Authenticate': 'Bearer realm="evolve"' };
	if (failure.status === 401)
		return { 'WWW-Authenticate': 'Bearer realm="evolve", error="invalid_token"' };
	// What is still on its way of a body like this is not read: the connection ends with the answer.
	if (failure.code === 'body_too_large') return { Connection: 'close' };
	return {};
}

/** The address exists, for other methods. */
export class MethodNotAllowed extends Expected {
	readonly allowed: string[];
	constructor(method: string, allowed: string[]) {
		super(405, 'method_not_allowed', `${method} is not possible here.`);
		this.allowed = allowed;
	}
}

function toError({ index, path, code, message }: Issue, fallback: string): object {
	return { ...(index === undefined ? {} : { index }), path, code: code ?? fallback, message };
}

function answer(
	c: Context<Env>,
	status: number,
	code: string,
	detail: string,
	more: object,
	headers: Record<string, string> = {}
): Response {
	const problem = {
		type: `${runtime().publicUrl}/api/v1/docs#${code}`,
		title: titles[code as Code] ?? 'The request cannot be carried out',
		status,
		detail,
		code,
		...more
	};
	return reply(c, problem, status, { 'Content-Type': 'application/problem+json', ...headers });
}
