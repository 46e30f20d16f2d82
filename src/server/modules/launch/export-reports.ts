import * as v from 'valibot';
import { Conflict, Invalid, NotFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { announce } from '../../platform/live.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listProducts } from '../catalogue/index.ts';
import { businessIn, InBusiness } from './business.ts';
import { ExportId, isOpen, lockExport, reportedStatuses } from './exports.ts';
import { PlacePath } from './places.ts';

/** How an export stands: what the API takes too. */
export const reportExportEntries = {
	status: v.picklist(reportedStatuses, 'Write preparing, ready or failed.'),
	/** Where in the product the file is fetched; needed once it is ready. */
	path: v.optional(PlacePath),
	bytes: v.optional(
		v.pipe(
			v.number('Write the number of bytes.'),
			v.integer('Write a whole number of bytes.'),
			v.minValue(0, 'A file has no fewer than 0 bytes.'),
			v.maxValue(Number.MAX_SAFE_INTEGER, 'No file is as large as this.')
		)
	),
	message: v.optional(
		v.pipe(v.string(), v.trim(), v.maxLength(300, 'A message has at most 300 characters.')),
		''
	),
	/** Until when the product keeps the file. */
	expiresAt: v.optional(v.date())
};

const ReportExport = v.object({ businessId: InBusiness, id: ExportId, ...reportExportEntries });

/**
 * How an export stands, as its product says. Said again, nothing changes.
 * @throws NotFound for an export of another product; Invalid on `path` for a file without one; Conflict
 * `export_cancelled`, `export_settled` for one that would go back to being prepared
 */
export const reportExport = usecase('export.report', ReportExport, async (scope, input) => {
	const { actor, db, now } = scope;
	const businessId = businessIn(scope, input.businessId);
	const { id, status } = input;
	const known = await lockExport(scope, businessId, id);
	if (actor.kind === 'product' && actor.productId !== known.product_id)
		throw new NotFound('This export');
	if (known.status === 'cancelled')
		throw new Conflict('export_cancelled', 'The business has given this export up.');
	if (status === 'preparing' && !isOpen(known.status))
		throw new Conflict('export_settled', 'This export is settled.');
	if (status === 'ready' && input.path === undefined)
		throw new Invalid([{ path: 'path', message: 'Write where in the product the file is.' }]);
	await db
		.updateTable('launch.exports')
		.set({
			status,
			path: status === 'ready' ? (input.path ?? null) : null,
			bytes: status === 'ready' && input.bytes !== undefined ? BigInt(input.bytes) : null,
			message: input.message,
			expires_at: status === 'ready' ? (input.expiresAt ?? null) : null,
			reported_at: now
		})
		.where('business_id', '=', businessId)
		.where('id', '=', id)
		.execute();
	await announce(scope, businessId, 'launch');
	if (known.status === status) return;
	const product = (await listProducts(scope, {})).find((one) => one.id === known.product_id);
	await emit(
		scope,
		'export.reported',
		{
			exportId: id,
			productId: known.product_id,
			product: product?.name ?? '',
			name: known.name,
			status,
			askedBy: known.asked_by
		},
		businessId
	);
});

/** Whose export this is, for a product that knows its id alone; null for none of the product's. */
export async function findExport(
	{ db }: Scope<System>,
	{ id, productId }: { id: string; productId: string }
): Promise<{ businessId: string } | null> {
	const row = await db
		.selectFrom('launch.exports')
		.select('business_id as businessId')
		.where('id', '=', id)
		.where('product_id', '=', productId)
		.executeTakeFirst();
	return row ?? null;
}
