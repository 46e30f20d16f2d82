import * as v from 'valibot';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readBusiness } from '../businesses/index.ts';
import { listProducts } from '../catalogue/index.ts';
import { civilDate, daysBetween } from '../rating/index.ts';
import { CivilDate } from './schemas.ts';

export interface Attention {
	number: string;
	/** What is left to pay, in minor units. */
	amountMinor: bigint;
	currency: string;
	dueOn: string;
	/** Civil days until it is due in the zone of the business; negative when it is overdue. */
	days: number;
	/** How many further invoices are open. */
	others: number;
}

/** The open invoice of the scope's business that is due first, or null. */
export const readAttention = usecase(
	'billing.read',
	v.object({}),
	async (scope): Promise<Attention | null> => {
		const [first, timeZone] = await Promise.all([
			scope.db
				.selectFrom('billing.invoices')
				.select(({ fn }) => [
					'number',
					'currency',
					'total_minor',
					'paid_minor',
					'due_on',
					fn.countAll<bigint>().over().as('open')
				])
				.where('business_id', '=', businessOf(scope))
				.where('status', '=', 'open')
				.orderBy('due_on')
				.orderBy('number')
				.limit(1)
				.executeTakeFirst(),
			zoneOf(scope)
		]);
		if (!first) return null;
		return {
			number: first.number,
			amountMinor: first.total_minor - first.paid_minor,
			currency: first.currency,
			dueOn: first.due_on,
			days: daysBetween(civilDate(scope.now, timeZone), first.due_on),
			others: Number(first.open) - 1
		};
	}
);

async function zoneOf(scope: Scope): Promise<string> {
	const { actor } = scope;
	return actor.kind === 'member' ? actor.timeZone : (await readBusiness(scope, {})).timeZone;
}

/** Both ends included; "soon" is reckoned by the caller, in the zone of each business. */
const Days = v.object({ from: CivilDate, to: CivilDate });

/** Trials that end on these days, over all businesses: for reminders. */
export const listTrialsEnding = usecase('billing.manage', Days, async (scope, { from, to }) => {
	const [rows, products] = await Promise.all([
		scope.db
			.selectFrom('billing.subscriptions')
			.select(['business_id', 'id', 'product_id', 'trial_ends_on'])
			.where('status', '=', 'trial')
			.where('trial_ends_on', '>=', from)
			.where('trial_ends_on', '<=', to)
			.orderBy('id')
			.execute(),
		listProducts(scope, {})
	]);
	return rows.flatMap(({ business_id, id, product_id, trial_ends_on }) => {
		const product = products.find((candidate) => candidate.id === product_id);
		return trial_ends_on && product
			? { businessId: business_id, subscriptionId: id, product, endsOn: trial_ends_on }
			: [];
	});
});
