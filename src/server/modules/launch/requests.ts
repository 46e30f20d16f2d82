import * as v from 'valibot';
import { Conflict, NotFound, violatedConstraint } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { isId, newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import { allowed } from '../../platform/permissions.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readSubscriptionState } from '../billing/index.ts';
import { listProducts, readProduct, type Product } from '../catalogue/index.ts';
import { memberIn } from './business.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'access.requested': {
			requestId: string;
			personId: string;
			productId: string;
			product: string;
			note: string;
		};
		'access.answered': {
			requestId: string;
			personId: string;
			productId: string;
			product: string;
			answer: 'approved' | 'declined';
			/** The role in the product that came of it. */
			role?: string;
			reply: string;
		};
	}
}

export const RequestId = v.custom<string>(
	(value) => isId('arq', value),
	'This is not the id of an access request.'
);

export const Words = v.pipe(
	v.string(),
	v.trim(),
	v.maxLength(500, 'Write at most 500 characters.')
);

/**
 * Asks the leaders of the business to be let into a product.
 * @throws NotFound; Conflict `access_already`, `access_asked` while a request is open, `not_subscribed`
 */
export const askAccess = usecase(
	'access.ask',
	v.object({ product: v.string(), note: v.optional(Words, '') }),
	async (scope, { product: slug, note }) => {
		const { businessId, personId } = memberIn(scope);
		const product = await readProduct(scope, { slug });
		const [access, subscription] = await Promise.all([
			scope.db
				.selectFrom('launch.accesses')
				.select('role')
				.where('business_id', '=', businessId)
				.where('product_id', '=', product.id)
				.where('person_id', '=', personId)
				.executeTakeFirst(),
			readSubscriptionState(scope, { productId: product.id })
		]);
		if (access) throw new Conflict('access_already', `You may open ${product.name} already.`);
		if (!subscription || subscription.status === 'ended')
			throw new Conflict('not_subscribed', `Your business has no subscription to ${product.name}.`);
		const id = newId('arq', scope.now);
		try {
			await scope.db
				.insertInto('launch.access_requests')
				.values({
					business_id: businessId,
					id,
					person_id: personId,
					product_id: product.id,
					note,
					asked_at: scope.now
				})
				.execute();
		} catch (error) {
			if (violatedConstraint(error) === 'access_requests_open')
				throw new Conflict('access_asked', `You have asked for ${product.name} already.`);
			throw error;
		}
		await emit(scope, 'access.requested', {
			requestId: id,
			personId,
			productId: product.id,
			product: product.name,
			note
		});
		await announce(scope, businessId, 'launch');
		return { id };
	}
);

/**
 * Takes one's own request back; nobody is told.
 * @throws NotFound for somebody else's; Conflict `request_answered`
 */
export const withdrawAccessRequest = usecase(
	'access.ask',
	v.object({ id: RequestId }),
	async (scope, { id }) => {
		const { businessId, personId } = memberIn(scope);
		const request = await lockRequest(scope, businessId, id);
		if (request.person_id !== personId) throw new NotFound('This request');
		await settle(scope, businessId, id, { answer: 'withdrawn', by: personId, reply: '' });
		await announce(scope, businessId, 'launch');
	}
);

/** Held until commit, so that of two who answer at once one is told so. @throws NotFound; Conflict `request_answered` */
export async function lockRequest({ db }: Scope, businessId: string, id: string) {
	const request = await db
		.selectFrom('launch.access_requests')
		.select(['person_id', 'product_id', 'answer'])
		.where('business_id', '=', businessId)
		.where('id', '=', id)
		.forUpdate()
		.executeTakeFirst();
	if (!request) throw new NotFound('This request');
	if (request.answer !== null)
		throw new Conflict('request_answered', 'This request has been answered already.');
	return request;
}

interface Settlement {
	answer: 'approved' | 'declined' | 'withdrawn';
	/** Null for a job. */
	by: string | null;
	reply: string;
}

export async function settle(
	{ db, now }: Scope,
	businessId: string,
	id: string,
	{ answer, by, reply }: Settlement
): Promise<void> {
	await db
		.updateTable('launch.access_requests')
		.set({ answer, answered_at: now, answered_by: by, reply })
		.where('business_id', '=', businessId)
		.where('id', '=', id)
		.execute();
}

/**
 * Approves the open request of somebody who is let in, if there is one.
 * @returns its id
 */
export async function closeRequest(
	scope: Scope,
	given: { businessId: string; personId: string; product: Product; role: string; reply: string }
): Promise<string | null> {
	const { businessId, personId, product, role, reply } = given;
	const open = await scope.db
		.selectFrom('launch.access_requests')
		.select('id')
		.where('business_id', '=', businessId)
		.where('product_id', '=', product.id)
		.where('person_id', '=', personId)
		.where('answer', 'is', null)
		.forUpdate()
		.executeTakeFirst();
	if (!open) return null;
	const by = scope.actor.kind === 'member' ? scope.actor.personId : null;
	await settle(scope, businessId, open.id, { answer: 'approved', by, reply });
	await emit(
		scope,
		'access.answered',
		{
			requestId: open.id,
			personId,
			productId: product.id,
			product: product.name,
			answer: 'approved',
			role,
			reply
		},
		businessId
	);
	return open.id;
}

export interface AccessRequest {
	id: string;
	personId: string;
	product: Pick<Product, 'id' | 'slug' | 'name' | 'mark'>;
	note: string;
	askedAt: Date;
	/** Null while it is open. */
	answer: Settlement['answer'] | null;
	answeredAt: Date | null;
	/** Who answered; null for a job. */
	answeredBy: string | null;
	reply: string;
}

/** The last hundred requests, newest first: all of the business for who may answer them, one's own for others. */
export const listAccessRequests = usecase(
	'access.ask',
	v.object({
		/** A product's slug. */
		product: v.optional(v.string()),
		open: v.optional(v.boolean())
	}),
	async (scope, { product: slug, open }): Promise<AccessRequest[]> => {
		const { businessId, personId, role } = memberIn(scope);
		const products = await listProducts(scope, {});
		let query = scope.db
			.selectFrom('launch.access_requests')
			.select([
				'id',
				'person_id',
				'product_id',
				'note',
				'asked_at',
				'answer',
				'answered_at',
				'answered_by',
				'reply'
			])
			.where('business_id', '=', businessId);
		if (!allowed(role, 'launch.access-manage')) query = query.where('person_id', '=', personId);
		if (open !== undefined) query = query.where('answer', open ? 'is' : 'is not', null);
		if (slug !== undefined) {
			const product = products.find((candidate) => candidate.slug === slug);
			query = query.where('product_id', '=', product?.id ?? '');
		}
		const rows = await query.orderBy('asked_at', 'desc').orderBy('id', 'desc').limit(100).execute();
		const named = new Map(
			products.map(({ id, slug, name, mark }) => [id, { id, slug, name, mark }])
		);
		return rows.flatMap((row) => {
			const product = named.get(row.product_id);
			return product
				? [
						{
							id: row.id,
							personId: row.person_id,
							product,
							note: row.note,
							askedAt: row.asked_at,
							answer: row.answer as AccessRequest['answer'],
							answeredAt: row.answered_at,
							answeredBy: row.answered_by,
							reply: row.reply
						}
					]
				: [];
		});
	}
);
