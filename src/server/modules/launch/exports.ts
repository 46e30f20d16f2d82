import * as v from 'valibot';
import { Conflict, Invalid, NotFound, violatedConstraint } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { isId, newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import { allowed } from '../../platform/permissions.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readSubscriptionState } from '../billing/index.ts';
import { listProductExports, readProduct } from '../catalogue/index.ts';
import { listSuspensions } from '../usage/index.ts';
import { memberIn } from './business.ts';
import { accessMode } from './modes.ts';

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

export const reportedStatuses = ['preparing', 'ready', 'failed'] as const;
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
		const [declared, subscription, suspensions] = await Promise.all([
			listProductExports(scope, { product: slug }),
			readSubscriptionState(scope, { productId: product.id }),
			listSuspensions(scope, { productId: product.id })
		]);
		if (accessMode(subscription, product, scope.now, suspensions).mode === 'closed')
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

/** Whether the product still has to answer. */
export function isOpen(status: string): boolean {
	return status === 'asked' || status === 'preparing';
}

/** Held until commit. @throws NotFound */
export async function lockExport({ db }: Scope, businessId: string, id: string) {
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
