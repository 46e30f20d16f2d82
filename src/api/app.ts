import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { NotFound } from '#server/platform/errors.ts';
import { activity } from './activity.ts';
import { catalogue } from './catalogue.ts';
import { creditNotes } from './credit-notes.ts';
import { documents } from './documents.ts';
import type { Env } from './env.ts';
import { entitlements } from './entitlements.ts';
import { events } from './events.ts';
import { dataExports } from './exports.ts';
import { invoiceDrafts } from './invoice-drafts.ts';
import { invoices } from './invoices.ts';
import { subscriptions } from './subscriptions.ts';
import type { Noun } from './noun.ts';
import { payments } from './payments.ts';
import { places } from './places.ts';
import { MethodNotAllowed, toProblem } from './problem.ts';
import { product } from './product.ts';
import { prorationPreviews } from './proration-previews.ts';
import { ratingPreviews } from './rating-previews.ts';
import { usage } from './usage.ts';
import { usageEvents } from './usage-events.ts';

const base = '/api/v1';

/** In the order in which the documents show them. */
export const nouns: Noun[] = [
	events,
	usageEvents,
	usage,
	activity,
	places,
	product,
	entitlements,
	dataExports,
	ratingPreviews,
	prorationPreviews,
	catalogue,
	subscriptions,
	invoices,
	invoiceDrafts,
	creditNotes,
	payments
];

/** The REST API that products speak, under /api/v1. Every failure is a problem with a stable code. */
export function createApi(): Hono<Env> {
	const api = new Hono<Env>();
	for (const { routes } of nouns) api.route(base, routes);
	api.route(base, documents(api, nouns));

	const methods = new Map<string, Set<string>>();
	for (const { path, method } of api.routes) {
		const known = methods.get(path) ?? new Set();
		methods.set(path, known.add(method));
		if (method === 'GET') known.add('HEAD');
	}
	api.notFound((c) => {
		const { path } = c.req;
		const allowed = [...methods].find(([pattern]) => isAt(pattern, path))?.[1];
		if (!allowed) return toProblem(new NotFound('This address'), c);
		return toProblem(new MethodNotAllowed(c.req.method, [...allowed].sort()), c);
	});
	api.onError((failure, c) => toProblem(failure, c));
	return api;
}

/** Whether an address is of a route, whose segments with a colon stand for any. */
function isAt(pattern: string, path: string): boolean {
	const segments = path.split('/');
	const expected = pattern.split('/');
	return (
		segments.length === expected.length &&
		expected.every((segment, index) => segment.startsWith(':') || segment === segments[index])
	);
}

/** The same for Node's HTTP server. */
export function createApiHandler(): ReturnType<typeof getRequestListener> {
	return getRequestListener(createApi().fetch, { overrideGlobalObjects: false });
}
