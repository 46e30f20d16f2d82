import { savePlan, saveProduct } from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';

/** A small catalogue: ERP and SACCO at a price, Payroll with a trial. Ids of the products by slug. */
export function createProducts(): Promise<{ erp: string; sacco: string; payroll: string }> {
	return withSystem('test', async (scope) => {
		const make = async (
			slug: 'erp' | 'sacco' | 'payroll',
			name: string,
			position: number,
			plan: { slug: string; name: string; amountMinor: bigint; seats?: number; trialDays?: number }
		): Promise<string> => {
			const { id } = await saveProduct(scope, { slug, name, summary: '', mark: slug, position });
			await savePlan(scope, { product: slug, currency: 'KES', position: 1, ...plan });
			return id;
		};
		return {
			erp: await make('erp', 'ERP System', 1, {
				slug: 'business',
				name: 'Business',
				amountMinor: 1_850_000n,
				seats: 20
			}),
			sacco: await make('sacco', 'SACCO', 2, {
				slug: 'growth',
				name: 'Growth',
				amountMinor: 1_400_000n
			}),
			payroll: await make('payroll', 'Payroll', 3, {
				slug: 'staff',
				name: 'Staff',
				amountMinor: 0n,
				trialDays: 90
			})
		};
	});
}
