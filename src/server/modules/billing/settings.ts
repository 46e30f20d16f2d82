import { sql } from 'kysely';
import * as v from 'valibot';
import { Invalid } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { announce } from '../../platform/live.ts';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readBusiness } from '../businesses/index.ts';
import { civilDate } from '../rating/index.ts';
import { paperLanguages, type PaperLanguage } from './paper-words.ts';
import { Address, Name, TaxPin, type Party } from './parties.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** Invoices are made out to somebody else from a day on. */
		'billing.customer-changed': { name: string; validFrom: string };
	}
}

/** How an invoice arrives: by mail with its PDF, by mail with a link alone, or only on its page. */
export const invoiceWays = ['pdf', 'link', 'page'] as const;
export type InvoiceWay = (typeof invoiceWays)[number];

export interface BillingSettings {
	businessId: string;
	/** In which papers are written, and mails to whoever has chosen no language of their own. */
	language: PaperLanguage;
	invoicesBy: InvoiceWay;
	/** The customer's own, put on every invoice from now on: a purchase order, a cost centre. */
	customerReference: string | null;
}

const first = { language: 'en', invoicesBy: 'pdf', customerReference: null } as const;

/** How these businesses want their papers; one that never said it is there with what everybody begins with. */
export const readBillingSettings = usecase(
	'billing.read',
	v.object({ businessIds: v.array(v.string()) }),
	async ({ db }, { businessIds }): Promise<BillingSettings[]> => {
		if (businessIds.length === 0) return [];
		const rows = await db
			.selectFrom('billing.settings')
			.select(['business_id as businessId', 'language', 'invoices_by as invoicesBy'])
			.select('customer_reference as customerReference')
			.where('business_id', '=', sql<string>`any(${businessIds})`)
			.execute();
		const said = new Map(rows.map((row) => [row.businessId, row]));
		return businessIds.map((businessId) => {
			const row = said.get(businessId);
			return {
				businessId,
				language: (row?.language as PaperLanguage | undefined) ?? first.language,
				invoicesBy: (row?.invoicesBy as InvoiceWay | undefined) ?? first.invoicesBy,
				customerReference: row?.customerReference ?? first.customerReference
			};
		});
	}
);

/** Says how the scope's business wants its papers. */
export const saveBillingSettings = usecase(
	'billing.change',
	v.object({
		language: v.picklist(paperLanguages, 'Choose a language.'),
		invoicesBy: v.picklist(invoiceWays, 'Choose how invoices arrive.'),
		customerReference: v.optional(
			v.pipe(
				v.string(),
				v.trim(),
				v.maxLength(60, 'A reference has at most 60 characters.'),
				v.check((text) => !/[\p{Cc}]/u.test(text), 'A reference is one line.'),
				v.transform((text) => (text === '' ? null : text))
			),
			''
		)
	}),
	async (scope, { language, invoicesBy, customerReference }) => {
		const columns = {
			language,
			invoices_by: invoicesBy,
			customer_reference: customerReference,
			changed_at: scope.now
		};
		await scope.db
			.insertInto('billing.settings')
			.values({ business_id: businessOf(scope), ...columns })
			.onConflict((conflict) => conflict.column('business_id').doUpdateSet(columns))
			.execute();
		await announce(scope, businessOf(scope), 'billing');
	}
);

/** To whom the invoices of the scope's business are made out today; of one that said nothing, its name. */
export const readCustomer = usecase('billing.read', v.object({}), async (scope): Promise<Party> => {
	const { name, timeZone } = await readBusiness(scope, {});
	const row = await scope.db
		.selectFrom('billing.customers')
		.select(['name', 'address', 'tax_pin as taxPin'])
		.where('business_id', '=', businessOf(scope))
		.where('valid_from', '<=', civilDate(scope.now, timeZone))
		.orderBy('valid_from', 'desc')
		.limit(1)
		.executeTakeFirst();
	return row ?? { name, address: [], taxPin: null };
});

/**
 * To whom the invoices of the scope's business are made out from today on; issued ones stay as they are.
 * Said as it was, nothing changes.
 */
export const changeCustomer = usecase(
	'billing.change',
	v.object({
		name: Name,
		/** Line by line; empty lines are left out. */
		address: v.pipe(
			v.string(),
			v.transform((text) =>
				text
					.split('\n')
					.map((line) => line.trim())
					.filter((line) => line !== '')
			),
			Address
		),
		taxPin: v.pipe(
			v.string(),
			v.transform((text) => text.replaceAll(/[\s-]/g, '').toUpperCase())
		)
	}),
	async (scope, input) => {
		const pin = input.taxPin === '' ? null : v.safeParse(TaxPin, input.taxPin);
		if (pin && !pin.success)
			throw new Invalid([{ path: 'taxPin', message: pin.issues[0].message }]);
		const taxPin = pin ? pin.output : null;
		const [before, { timeZone }] = await Promise.all([
			readCustomer(scope, {}),
			readBusiness(scope, {})
		]);
		const same =
			before.name === input.name &&
			before.taxPin === taxPin &&
			before.address.join('\n') === input.address.join('\n');
		if (same) return;
		const validFrom = civilDate(scope.now, timeZone);
		const columns = { name: input.name, address: input.address, tax_pin: taxPin };
		await scope.db
			.insertInto('billing.customers')
			.values({ business_id: businessOf(scope), valid_from: validFrom, ...columns })
			.onConflict((conflict) =>
				conflict.columns(['business_id', 'valid_from']).doUpdateSet(columns)
			)
			.execute();
		await emit(scope, 'billing.customer-changed', { name: input.name, validFrom });
		await announce(scope, businessOf(scope), 'billing');
	}
);
