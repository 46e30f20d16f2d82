import { sql } from 'kysely';
import * as v from 'valibot';
import { Conflict, NotFound } from '../../platform/errors.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { oneLine } from '../../platform/schemas.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId, listSomeBusinesses, readBusiness } from '../businesses/index.ts';
import { CivilDate } from './schemas.ts';

/** Who stands on an invoice, as printed. */
export interface Party {
	name: string;
	/** Line by line. */
	address: string[];
	taxPin: string | null;
}

export const Name = v.pipe(
	v.string(),
	v.trim(),
	v.nonEmpty('Write a name.'),
	v.maxLength(120),
	oneLine('A name is one line.')
);
export const Address = v.pipe(
	v.array(
		v.pipe(v.string(), v.trim(), v.nonEmpty(), oneLine('Write each line of the address by itself.'))
	),
	v.maxLength(6)
);
// Kenya Revenue Authority: a letter (A for persons, P for companies), nine digits, a letter.
export const TaxPin = v.pipe(
	v.string(),
	v.regex(/^[AP]\d{9}[A-Z]$/, 'A KRA PIN is a letter, nine digits and a letter.')
);

/** Who issues the invoices, from now on. */
export const saveSeller = usecase(
	'billing.manage',
	v.object({
		name: Name,
		address: Address,
		taxPin: TaxPin,
		/** Civil days that customers have to pay; as it was, where it is not said. */
		daysToPay: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(365)))
	}),
	async ({ db }, { name, address, taxPin, daysToPay }) => {
		const columns = {
			name,
			address,
			tax_pin: taxPin,
			...(daysToPay === undefined ? {} : { days_to_pay: daysToPay })
		};
		await db
			.insertInto('billing.seller')
			.values(columns)
			.onConflict((conflict) => conflict.column('only_row').doUpdateSet(columns))
			.execute();
	}
);

/** Who issues the invoices. */
export interface Seller extends Party {
	taxPin: string;
	/** Civil days that customers have to pay where nobody says otherwise. */
	daysToPay: number;
}

/** @throws Conflict `seller_unknown` */
export const readSeller = usecase('billing.manage', v.object({}), (scope) => selectSeller(scope));

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
 * Both parties as they are on a day, of many businesses at once. Of a business that told nothing of itself the name
 * is all there is.
 *
 * @returns in the order of what was asked
 * @throws Conflict `seller_unknown`; NotFound
 */
export async function readPartiesOf(
	scope: Scope,
	asked: readonly { businessId: string; on: string }[]
): Promise<{ seller: Party; customer: Party }[]> {
	const seller = toParty(await selectSeller(scope));
	const businessIds = asked.map(({ businessId }) => businessId);
	const businesses = await listSomeBusinesses(scope, { businessIds: [...new Set(businessIds)] });
	const { rows } = await sql<{ name: string | null; address: string[]; tax_pin: string | null }>`
		select customer.name, customer.address, customer.tax_pin
		from unnest(${businessIds}::text[], ${asked.map(({ on }) => on)}::date[])
			with ordinality as asked (business_id, on_day, place)
		left join lateral (
			select name, address, tax_pin from billing.customers
			where business_id = asked.business_id and valid_from <= asked.on_day
			order by valid_from desc limit 1
		) customer on true
		order by asked.place`.execute(scope.db);
	return asked.map(({ businessId }, index) => {
		const business = businesses.get(businessId);
		if (!business) throw new NotFound('This business');
		const customer = rows[index];
		return {
			seller,
			customer:
				customer && customer.name !== null
					? { name: customer.name, address: customer.address, taxPin: customer.tax_pin }
					: { name: business.name, address: [], taxPin: null }
		};
	});
}

/** Who a statement of account is from and to, as they are on a day. @throws Conflict `seller_unknown` */
export const readStatementParties = usecase(
	'billing.read',
	v.object({ on: CivilDate }),
	async (scope, { on }): Promise<{ seller: Party; customer: Party }> => {
		const [seller, customer, business] = await Promise.all([
			selectSeller(scope),
			scope.db
				.selectFrom('billing.customers')
				.select(['name', 'address', 'tax_pin as taxPin'])
				.where('business_id', '=', businessOf(scope))
				.where('valid_from', '<=', on)
				.orderBy('valid_from', 'desc')
				.limit(1)
				.executeTakeFirst(),
			readBusiness(scope, {})
		]);
		return {
			seller: toParty(seller),
			customer: customer ?? { name: business.name, address: [], taxPin: null }
		};
	}
);

async function selectSeller({ db }: Scope): Promise<Seller> {
	const seller = await db
		.selectFrom('billing.seller')
		.select(['name', 'address', 'tax_pin as taxPin', 'days_to_pay as daysToPay'])
		.executeTakeFirst();
	if (!seller)
		throw new Conflict('seller_unknown', 'Say first who issues the invoices: evolve seller save.');
	return seller;
}

/** What of the seller documents keep, word for word. */
const toParty = ({ name, address, taxPin }: Seller): Party => ({ name, address, taxPin });
