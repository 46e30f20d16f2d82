import * as v from 'valibot';
import { Conflict } from '../../platform/errors.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId, readBusiness } from '../businesses/index.ts';
import { CivilDate } from './schemas.ts';

/** Who stands on an invoice, as printed. */
export interface Party {
	name: string;
	/** Line by line. */
	address: string[];
	taxPin: string | null;
}

export const Name = v.pipe(v.string(), v.trim(), v.nonEmpty('Write a name.'), v.maxLength(120));
export const Address = v.pipe(v.array(v.pipe(v.string(), v.trim(), v.nonEmpty())), v.maxLength(6));
// Kenya Revenue Authority: a letter (A for persons, P for companies), nine digits, a letter.
export const TaxPin = v.pipe(
	v.string(),
	v.regex(/^[AP]\d{9}[A-Z]$/, 'A KRA PIN is a letter, nine digits and a letter.')
);

/** Who issues the invoices, from now on. */
export const saveSeller = usecase(
	'billing.manage',
	v.object({ name: Name, address: Address, taxPin: TaxPin }),
	async ({ db }, input) => {
		const columns = { name: input.name, address: input.address, tax_pin: input.taxPin };
		await db
			.insertInto('billing.seller')
			.values(columns)
			.onConflict((conflict) => conflict.column('only_row').doUpdateSet(columns))
			.execute();
	}
);

/** To whom the invoices of a business are made out from a day on; the same day again changes it. */
export const saveCustomer = usecase(
	'billing.manage',
	v.object({
		businessId: BusinessId,
		validFrom: CivilDate,
		name: Name,
		address: Address,
		taxPin: v.optional(TaxPin)
	}),
	async ({ db }, input) => {
		const columns = { name: input.name, address: input.address, tax_pin: input.taxPin ?? null };
		await db
			.insertInto('billing.customers')
			.values({ business_id: input.businessId, valid_from: input.validFrom, ...columns })
			.onConflict((conflict) =>
				conflict.columns(['business_id', 'valid_from']).doUpdateSet(columns)
			)
			.execute();
	}
);

/**
 * Both parties as they are on a day. Of a business that told nothing of itself the name is all there is.
 * @throws Conflict `seller_unknown`
 */
export async function readParties(
	scope: Scope,
	businessId: string,
	on: string
): Promise<{ seller: Party; customer: Party }> {
	const { db } = scope;
	const columns = ['name', 'address', 'tax_pin as taxPin'] as const;
	const [seller, customer, business] = await Promise.all([
		db.selectFrom('billing.seller').select(columns).executeTakeFirst(),
		db
			.selectFrom('billing.customers')
			.select(columns)
			.where('business_id', '=', businessId)
			.where('valid_from', '<=', on)
			.orderBy('valid_from', 'desc')
			.limit(1)
			.executeTakeFirst(),
		readBusiness(scope, { businessId })
	]);
	if (!seller) throw new Conflict('seller_unknown', 'Say first who issues the invoices.');
	return { seller, customer: customer ?? { name: business.name, address: [], taxPin: null } };
}
