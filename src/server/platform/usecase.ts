import * as v from 'valibot';
import { Invalid, type Issue } from './errors.ts';
import type { Permission } from './permissions.ts';
import { authorize, type Scope } from './scope.ts';

export interface UseCase<S extends v.GenericSchema, R> {
	(scope: Scope, input: v.InferInput<S>): Promise<R>;
	readonly permission: Permission;
	readonly schema: S;
}

/**
 * A use case is permission + input schema + work: a plain function that cannot skip its checks.
 * The guards run before anything is awaited.
 */
export function usecase<S extends v.GenericSchema, R>(
	permission: Permission,
	schema: S,
	work: (scope: Scope, input: v.InferOutput<S>) => Promise<R>
): UseCase<S, R> {
	const run = async (scope: Scope, input: v.InferInput<S>): Promise<R> => {
		authorize(scope, permission);
		return work(scope, parse(schema, input));
	};
	return Object.assign(run, { permission, schema });
}

/** @throws Invalid with one issue a field. */
export function parse<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
	const result = v.safeParse(schema, input);
	if (result.success) return result.output;
	throw new Invalid(result.issues.map(toIssue));
}

export function toIssue(issue: v.BaseIssue<unknown>): Issue {
	return { path: v.getDotPath(issue) ?? '', message: issue.message };
}
