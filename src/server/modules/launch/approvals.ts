import * as v from 'valibot';
import { emit } from '../../platform/events.ts';
import { announce } from '../../platform/live.ts';
import { usecase } from '../../platform/usecase.ts';
import { listProducts } from '../catalogue/index.ts';
import { give, ProductRole } from './accesses.ts';
import { memberIn } from './business.ts';
import { lockRequest, RequestId, settle, Words } from './requests.ts';

/**
 * Answers a request. Approving lets the person in with the role chosen, or the product's default, in the
 * same transaction.
 * @throws NotFound; Conflict `request_answered`; Invalid on `role`
 */
export const answerAccessRequest = usecase(
	'launch.access-manage',
	v.object({
		id: RequestId,
		answer: v.picklist(['approved', 'declined'], 'Choose an answer.'),
		role: v.optional(ProductRole),
		/** What the person is told with it. */
		reply: v.optional(Words, '')
	}),
	async (scope, { id, answer, role, reply }) => {
		const { businessId, personId: by } = memberIn(scope);
		const { person_id: personId, product_id } = await lockRequest(scope, businessId, id);
		const product = (await listProducts(scope, {})).find((one) => one.id === product_id);
		if (!product) throw new Error('A request names a product that is not in the catalogue.');
		if (answer === 'approved') {
			await give(scope, { businessId, personId, product, role, reply });
			return;
		}
		await settle(scope, businessId, id, { answer, by, reply });
		await emit(scope, 'access.answered', {
			requestId: id,
			personId,
			productId: product.id,
			product: product.name,
			answer,
			reply
		});
		await announce(scope, businessId, 'launch');
	}
);
