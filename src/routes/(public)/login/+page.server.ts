import { redirect } from '@sveltejs/kit';
import { signIn } from '#server/modules/identity/index.ts';
import { keptValues, toRefusal } from '#server/web/failures.ts';
import { safeReturn } from '#server/web/page.ts';
import { productOrigins, productsForSale } from '#server/web/products.ts';
import { firstBusiness, leadOn, whereFrom } from '#server/web/sign-in.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const returnTo = safeReturn(url.searchParams.get('return_to'));
	// A product may want the password again, whoever is signed in.
	const again = url.searchParams.get('again') === '1';
	if (!again && (await locals.viewer())) redirect(303, returnTo);
	// Signing in on the way to a product goes on to that product, which the browser counts as the form's target.
	if (returnTo.startsWith('/oidc/')) locals.formTargets = await productOrigins();
	// Whom a product expects.
	const email = url.searchParams.get('email') ?? '';
	return { returnTo, email, products: await productsForSale() };
};

export const actions: Actions = {
	default: async (event) => {
		const data = await event.request.formData();
		let step;
		try {
			step = await signIn(
				{
					email: text(data, 'email'),
					password: text(data, 'password'),
					...whereFrom(event)
				},
				firstBusiness
			);
		} catch (failure) {
			return toRefusal(failure, keptValues(data));
		}
		leadOn(event, step, safeReturn(data.get('return_to')));
	}
};

function text(data: FormData, name: string): string {
	const value = data.get(name);
	return typeof value === 'string' ? value : '';
}
