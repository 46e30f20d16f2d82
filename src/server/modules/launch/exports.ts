import * as v from 'valibot';
import { Conflict, Invalid, NotFound, violatedConstraint } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { isId, newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import { allowed } from '../../platform/permissions.ts';
import { businessOf, type Scope, type System } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readSubscriptionState } from '../billing/index.ts';
import { listProductExports, listProducts, readProduct } from '../catalogue/index.ts';
import { businessIn, InBusiness, memberIn } from './business.ts';
import { accessMode } from './modes.ts';
import { PlacePath } from './places.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'export.asked': {
			exportId: string;
			productId: string;
			product: string;
			/** As the product declared it. */
			kind: string;
			name: string;
		};
		'export.reported': {
			exportId: string;
			productId: string;
			product: string;
			name: string;
			status: ReportedStatus;
			/** Who asked for it. */
			askedBy: string;
		};
	}
}

const reportedStatuses = ['preparing', 'ready', 'failed'] as const;
export type ReportedStatus = (typeof reportedStatuses)[number];
export const exportStatuses = ['asked', 'cancelled', ...reportedStatuses] as const;
export type ExportStatus = (typeof exportStatuses)[number];

export const ExportId = v.custom<string>(
	(value) => isId('exp', value),
	'This is not the id of an export.'
);

/**
 * Asks the product for the business's data. Of one kind one request is open at a time.
 * @throws NotFound; Invalid on `kind` for one that the product did not declare; Conflict `export_open`,
 * `product_closed` where nobody could fetch the file
 */
export const askExport = usecase(
	'export.ask',
	v.object({ product: v.string(), kind: v.string('Choose what to export.') }),
	async (scope, { product: slug, kind }) => {
		const { businessId, personId } = memberIn(scope);
		const product = await readProduct(scope, { slug });
		const [declared, subscription] = await Promise.all([
			listProductExports(scope, { product: slug }),
			readSubscriptionState(scope, { productId: product.id })
		]);
		if (accessMode(subscription, product, scope.now).mode === 'closed')
			throw new Conflict('product_closed', `${product.name} is not open to your business.`);
		const chosen = declared.find((each) => each.slug === kind);
		if (!chosen)
			throw new Invalid([{ path: 'kind', message: 'Choose something that the product exports.' }]);
		const id = newId('exp', scope.now);
		try {
			await scope.db
				.insertInto('launch.exports')
				.values({
					business_id: businessId,
					id,
					product_id: product.id,
					kind,
					name: chosen.name,
					asked_by: personId,
					asked_at: scope.now
				})
				.execute();
		} catch (error) {
			if (violatedConstraint(error) === 'exports_open')
				throw new Conflict('export_open', `${chosen.name} has been asked for already.`);
			throw error;
		}
		await emit(scope, 'export.asked', {
			exportId: id,
			productId: product.id,
			product: product.name,
			kind,
			name: chosen.name
		});
		await announce(scope, businessId, 'launch');
		return { id };
	}
);

/** Gives a request up before it is answered. @throws NotFound; Conflict `export_settled` */
export const cancelExport = usecase(
	'export.ask',
	v.object({ id: ExportId }),
	async (scope, { id }) => {
		const businessId = businessOf(scope);
		const known = await lockExport(scope, businessId, id);
		if (!isOpen(known.status)) throw new Conflict('export_settled', 'This export is settled.');
		await scope.db
			.updateTable('launch.exports')
			.set({ status: 'cancelled' })
			.where('business_id', '=', businessId)
			.where('id', '=', id)
			.execute();
		await announce(scope, businessId, 'launch');
	}
);

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

function isOpen(status: string): boolean {
	return status === 'asked' || status === 'preparing';
}

async function lockExport({ db }: Scope, businessId: string, id: string) {
	const row = await db
		.selectFrom('launch.exports')
		.select(['product_id', 'name', 'status', 'asked_by'])
		.where('business_id', '=', businessId)
		.where('id', '=', id)
		.forUpdate()
		.executeTakeFirst();
	if (!row) throw new NotFound('This export');
	return row;
}

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

export interface Export {
	id: string;
	kind: string;
	name: string;
	askedBy: string;
	askedAt: Date;
	status: ExportStatus;
	/** Whether the product keeps the file no longer. */
	expired: boolean;
	/** What a launch takes to fetch the file; null unless there is one, and this person may. */
	path: string | null;
	bytes: bigint | null;
	/** What the product says of it. */
	message: string;
	expiresAt: Date | null;
	/** When the product last said how it stands. */
	reportedAt: Date | null;
}

/** The last fifty exports of a product, newest first. */
export const listExports = usecase(
	'export.read',
	v.object({ product: v.string() }),
	async (scope, { product }): Promise<Export[]> => {
		const { id } = await readProduct(scope, { slug: product });
		return readExports(scope, businessOf(scope), id);
	}
);

export async function readExports(
	{ db, now, actor }: Scope,
	businessId: string,
	productId: string
): Promise<Export[]> {
	const rows = await db
		.selectFrom('launch.exports')
		.select([
			'id',
			'kind',
			'name',
			'asked_by as askedBy',
			'asked_at as askedAt',
			'status',
			'path',
			'bytes',
			'message',
			'expires_at as expiresAt',
			'reported_at as reportedAt'
		])
		.where('business_id', '=', businessId)
		.where('product_id', '=', productId)
		.orderBy('asked_at', 'desc')
		.orderBy('id', 'desc')
		.limit(50)
		.execute();
	return rows.map((row) => {
		const expired = row.expiresAt !== null && row.expiresAt <= now;
		const mayFetch =
			actor.kind === 'member' &&
			(actor.personId === row.askedBy || allowed(actor.role, 'export.ask'));
		return {
			...row,
			status: row.status as ExportStatus,
			expired,
			path: mayFetch ? row.path : null
		};
	});
}
