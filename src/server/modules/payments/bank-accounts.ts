import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import { announceToAll } from '../../platform/live.ts';
import { usecase } from '../../platform/usecase.ts';
import { Currency } from '../rating/index.ts';

/** An account of the vendor's that customers send transfers to. */
export interface BankAccount {
	slug: string;
	bank: string;
	branch: string | null;
	/** In whose name it is. */
	holder: string;
	accountNumber: string;
	/** Null: for whatever currency. */
	currency: string | null;
	swift: string | null;
}

const words = (most: number) => v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(most));
const Slug = v.pipe(
	v.string(),
	v.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'Write a slug such as kcb-kes.')
);

/** All of them, in the order in which they are shown. */
export const listBankAccounts = usecase(
	'billing.read',
	v.object({}),
	({ db }): Promise<BankAccount[]> =>
		db
			.selectFrom('payments.bank_accounts')
			.select(['slug', 'bank', 'branch', 'holder', 'account_number as accountNumber'])
			.select(['currency', 'swift'])
			.orderBy('position')
			.orderBy('slug')
			.execute()
);

/** Adds an account, or changes the one with this slug. */
export const saveBankAccount = usecase(
	'payment.record',
	v.object({
		slug: Slug,
		bank: words(80),
		branch: v.optional(v.nullable(words(80)), null),
		holder: words(120),
		accountNumber: words(40),
		currency: v.optional(v.nullable(Currency), null),
		swift: v.optional(
			v.nullable(
				v.pipe(
					v.string(),
					v.regex(/^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/, 'Write it such as KCBLKENX.')
				)
			),
			null
		),
		/** Those with a smaller one are shown first. */
		position: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1)
	}),
	async (scope, { slug, accountNumber, ...account }) => {
		const row = { ...account, account_number: accountNumber };
		await scope.db
			.insertInto('payments.bank_accounts')
			.values({ slug, ...row })
			.onConflict((conflict) => conflict.column('slug').doUpdateSet(row))
			.execute();
		await announceToAll(scope, 'billing');
	}
);

/** Customers are not told of it any more. @throws NotFound */
export const dropBankAccount = usecase(
	'payment.record',
	v.object({ slug: Slug }),
	async (scope, { slug }) => {
		const { numDeletedRows } = await scope.db
			.deleteFrom('payments.bank_accounts')
			.where('slug', '=', slug)
			.executeTakeFirst();
		if (numDeletedRows === 0n) throw new NotFound(`The account ${slug}`);
		await announceToAll(scope, 'billing');
	}
);
