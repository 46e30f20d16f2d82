import { Hono } from 'hono';
import * as v from 'valibot';
import { listLiveKeys } from '#server/modules/catalogue/index.ts';
import {
	exportStatuses,
	findExport,
	reportExport,
	reportExportEntries
} from '#server/modules/launch/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { NotFound, Unauthorized } from '#server/platform/errors.ts';
import { isId } from '#server/platform/ids.ts';
import { parse } from '#server/platform/usecase.ts';
import { authenticate } from './authentication.ts';
import { fault, isUtf8, parseJson, readBody, readContentType } from './body.ts';
import { readTime } from './cloudevents/time.ts';
import type { Env } from './env.ts';
import { describe, type Noun } from './noun.ts';
import { reply } from './reply.ts';

const { status, path, bytes, message } = reportExportEntries;

const Moment = v.pipe(
	v.string('A time is text.'),
	v.check(
		(time) => readTime(time) !== null,
		'Write a time as RFC 3339 says, such as 2026-12-02T09:00:00Z.'
	),
	v.metadata({ format: 'date-time' }),
	v.description('Until when the product keeps the file (RFC 3339). Without it, it stays.')
);

const Report = v.pipe(
	v.strictObject({
		status: v.pipe(status, v.description('`preparing`, `ready` or `failed`.')),
		path: v.pipe(
			path,
			v.description(
				'Where in the product the file is fetched; needed once it is ready. People come there by a launch, signed in.'
			)
		),
		bytes: v.pipe(bytes, v.description('How large the file is.')),
		message: v.pipe(
			message,
			v.description('What the business is told of it, such as why it failed; plain text.')
		),
		expires_at: v.optional(Moment)
	}),
	v.metadata({ ref: 'ExportReport' })
);

const Reported = v.pipe(
	v.object({ id: v.string(), status: v.picklist(exportStatuses) }),
	v.metadata({ ref: 'ExportReported' })
);

const id = 'exp_06ebk3w5q8x1y2z3a4b5c6d7e8';

const routes = new Hono<Env>();

routes.post(
	'/exports/:id',
	describe({
		id: 'reportExport',
		summary: 'Report an export',
		description:
			'Says how an export stands that a business asked for (webhook `export.asked`). Saying the same again changes nothing. The file stays in the product, at `path`.',
		parameters: {
			id: { in: 'path', description: 'The export’s id, as the webhook told it.', example: id }
		},
		takes: {
			'application/json': {
				schema: Report,
				example: {
					status: 'ready',
					path: '/exports/2026-11-25.zip',
					bytes: 1_482_113,
					expires_at: '2026-12-02T09:00:00Z'
				}
			}
		},
		gives: { description: 'Kept.', schema: Reported, example: { id, status: 'ready' } },
		failures: ['invalid', 'not_found', 'export_cancelled', 'export_settled']
	}),
	authenticate,
	async (c) => {
		const contentType = readContentType(c.req.header('Content-Type'));
		if (contentType?.type !== 'application/json' || !isUtf8(contentType))
			throw fault('unsupported_media_type', 415, 'Send application/json in UTF-8.');
		const { expires_at, ...report } = parse(Report, parseJson(await readBody(c)));
		const { productId, slug, ...key } = c.get('key');
		const exportId = c.req.param('id');
		const [live, found] = await withSystem(
			'api.exports',
			(scope) =>
				Promise.all([
					listLiveKeys(scope, { ids: [key.id] }),
					isId('exp', exportId) ? findExport(scope, { id: exportId, productId }) : null
				]),
			{ unseen: true }
		);
		if (live.length === 0)
			throw new Unauthorized('revoked_key', 'This API key was revoked. Use another one.');
		if (!found) throw new NotFound('This export');
		await withBusiness(
			{ kind: 'product', businessId: found.businessId, productId, slug },
			(scope) =>
				reportExport(scope, {
					...report,
					id: exportId,
					...(expires_at === undefined ? {} : { expiresAt: new Date(readTime(expires_at) ?? 0) })
				})
		);
		return reply(c, { id: exportId, status: report.status });
	}
);

export const dataExports: Noun = {
	name: 'Exports',
	description: 'Data that a business asked a product for.',
	routes
};
