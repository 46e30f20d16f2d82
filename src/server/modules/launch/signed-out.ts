import * as v from 'valibot';
import { emit } from '../../platform/events.ts';
import { usecase } from '../../platform/usecase.ts';
import { readProduct } from '../catalogue/index.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'product.signed-out': { productId: string; product: string };
	}
}

/**
 * Ends every sign-in of the business to a product: a job does, since a member's door sees no sign-ins. Who
 * has access may sign in anew. @throws NotFound
 */
export const signEverybodyOut = usecase(
	'launch.access-manage',
	v.object({ product: v.string() }),
	async (scope, { product: slug }) => {
		const product = await readProduct(scope, { slug });
		await emit(scope, 'product.signed-out', { productId: product.id, product: product.name });
	}
);
