import * as v from 'valibot';
import { Conflict, NotFound, violatedConstraint } from '../../platform/errors.ts';
import { announce } from '../../platform/live.ts';
import { usecase } from '../../platform/usecase.ts';
import { listUnpaid } from '../billing/index.ts';
import { BusinessId, listBusinesses } from '../businesses/index.ts';
import { civilDate } from '../rating/index.ts';
import { nameOf } from './schedule.ts';

const InvoiceNumber = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(40));

/**
 * Lets an unpaid invoice be, until it is resumed: nobody is reminded, and nothing is suspended for it. What was
 * done stays as it is.
 * @throws NotFound for an invoice of which nothing is left to pay; Conflict `held_already`
 */
export const holdInvoice = usecase(
	'dunning.manage',
	v.object({
		businessId: BusinessId,
		number: InvoiceNumber,
		reason: v.pipe(
			v.string(),
			v.trim(),
			v.nonEmpty('Write why, for those who come after you.'),
			v.maxLength(500, 'A reason has at most 500 characters.')
		)
	}),
	async (scope, { businessId, number, reason }) => {
		const invoiceId = await findUnpaid(scope, businessId, number);
		try {
			await scope.db
				.insertInto('dunning.holds')
				.values({
					business_id: businessId,
					invoice_id: invoiceId,
					held_at: scope.now,
					held_on: await todayOf(scope, businessId),
					held_by: nameOf(scope),
					reason
				})
				.execute();
		} catch (error) {
			if (/^holds_(running|pkey)$/.test(violatedConstraint(error) ?? ''))
				throw new Conflict('held_already', `Invoice ${number} is on hold already.`);
			throw error;
		}
		await announce(scope, businessId, 'billing');
	}
);

/**
 * Goes on with an invoice that was on hold: what comes after the due date comes so many days later.
 * @throws NotFound; Conflict `not_held`
 */
export const resumeInvoice = usecase(
	'dunning.manage',
	v.object({ businessId: BusinessId, number: InvoiceNumber }),
	async (scope, { businessId, number }) => {
		const invoiceId = await findUnpaid(scope, businessId, number);
		const { numUpdatedRows } = await scope.db
			.updateTable('dunning.holds')
			.set({
				resumed_at: scope.now,
				resumed_on: await todayOf(scope, businessId),
				resumed_by: nameOf(scope)
			})
			.where('business_id', '=', businessId)
			.where('invoice_id', '=', invoiceId)
			.where('resumed_at', 'is', null)
			.executeTakeFirst();
		if (numUpdatedRows === 0n) throw new Conflict('not_held', `Invoice ${number} is not on hold.`);
		await announce(scope, businessId, 'billing');
	}
);

type Scope = Parameters<typeof listUnpaid>[0];

async function findUnpaid(scope: Scope, businessId: string, number: string): Promise<string> {
	const unpaid = await listUnpaid(scope, { businessId });
	const invoice = unpaid.find((each) => each.number === number);
	if (!invoice) throw new NotFound('This unpaid invoice');
	return invoice.id;
}

/** Staff's door is confined to no business, so the business is looked up among all. */
async function todayOf(scope: Scope, businessId: string): Promise<string> {
	const business = (await listBusinesses(scope, {})).find(({ id }) => id === businessId);
	if (!business) throw new NotFound('This business');
	return civilDate(scope.now, business.timeZone);
}
