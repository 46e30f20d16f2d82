import { createMiddleware } from 'hono/factory';
import type { KeyScope } from '#server/modules/catalogue/index.ts';
import { authenticate } from './authentication.ts';
import type { Env } from './env.ts';
import { integrator } from './integrators.ts';
import { limitReading } from './reading-limit.ts';

/** For what reads and belongs to nobody: a product's key, or an integrator's that was made for this. */
export function eitherKey(scope: KeyScope) {
	const ofIntegrator = integrator(scope);
	return createMiddleware<Env>(async (c, next) => {
		if (/^Bearer +evi_/i.test(c.req.header('Authorization') ?? '')) return ofIntegrator(c, next);
		await authenticate(c, () => limitReading(c, next) as Promise<void>);
	});
}
