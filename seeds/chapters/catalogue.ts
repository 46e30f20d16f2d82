import {
	declareProduct,
	listCoupons,
	listPlans,
	listProducts,
	readProduct,
	saveCoupon,
	savePlanVersion,
	saveProduct,
	toMajor,
	type PlanPrice
} from '#server/modules/catalogue/index.ts';
import { saveReseller } from '#server/modules/referrals/index.ts';
import { defineMeter } from '#server/modules/usage/index.ts';
import { sampleProducts } from '../../examples/products/catalogue.ts';
import { coOperatives, plans } from '../prices.ts';
import { resellers } from '../referrals.ts';
import { asSystem } from '../telling.ts';

/**
 * What is left of each product while a subscription waits for payment, and where a limit of a customer's own is
 * reached. Payroll warns the longest, and no limit stops it: wages are due.
 */
const suspensions = {
	erp: { suspendedMode: 'read_only', usageSuspension: 'as_suspended' },
	sacco: { suspendedMode: 'closed', closingNoticeDays: 7, usageSuspension: 'export_only' },
	payroll: { suspendedMode: 'closed', closingNoticeDays: 30 }
} as const;

/** In which the vendor asks. */
const currency = 'KES';

/** What the vendor sells, measures and asks for it, and who resells it. */
export function tellCatalogue(at: Date): Promise<void> {
	return asSystem(async (scope) => {
		const known = new Set((await listProducts(scope, {})).map(({ slug }) => slug));
		for (const product of sampleProducts) {
			// Where a product listens is told when it starts; a name stands there until then.
			if (!known.has(product.slug))
				await saveProduct(scope, {
					slug: product.slug,
					name: product.name,
					summary: product.summary,
					mark: product.mark,
					position: product.position,
					headlineMeter: product.headlineMeter,
					headlineLabel: product.headlineLabel,
					loginUrl: `https://${product.slug}.lixnet.example/login`,
					supportEmail: 'support@lixnet.example',
					supportPhone: '+254 20 555 0142',
					...suspensions[product.slug]
				});
			const { slug, roles, places, exports } = product;
			await declareProduct(scope, { product: slug, roles, places, exports });
			for (const meter of product.meters)
				await defineMeter(scope, { product: product.slug, ...meter });
		}
		const told = new Set(
			(await listPlans(scope, {})).map(({ productId, slug }) => `${productId}/${slug}`)
		);
		for (const { product, slug, amountMinor, usage, ...plan } of plans) {
			const { id } = await readProduct(scope, { slug: product });
			if (told.has(`${id}/${slug}`)) continue;
			// All of it at once: a plan that was never sold otherwise has one version.
			await savePlanVersion(scope, {
				...plan,
				product,
				plan: slug,
				currency,
				meters: usage.map(({ meter }) => meter),
				prices: [
					...(amountMinor === null
						? []
						: [
								{
									slug: 'base',
									kind: 'flat' as const,
									label: plan.name,
									meter: null,
									price: {
										model: 'flat' as const,
										amount: toMajor(amountMinor.toString(), currency)
									},
									taxClass: 'standard' as const,
									taxIncluded: false
								}
							]),
					...usage.map(({ meter, label, included, unitMinor }): PlanPrice => ({
						slug: meter,
						kind: 'usage',
						label,
						meter,
						price: {
							model: 'per_unit',
							unit_amount: toMajor(unitMinor, currency),
							...(included === undefined ? {} : { included })
						},
						taxClass: 'standard',
						taxIncluded: false
					}))
				]
			});
		}
		if ((await listCoupons(scope, {})).length === 0)
			await saveCoupon(scope, {
				...coOperatives,
				duration: 'for_ever',
				limitPerBusiness: 1,
				plans: [
					{ product: 'sacco', plan: 'growth' },
					{ product: 'sacco', plan: 'union' }
				]
			});
		for (const reseller of resellers) await saveReseller(scope, reseller);
	}, at);
}
