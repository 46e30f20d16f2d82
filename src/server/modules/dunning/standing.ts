import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import { businessOf, type Scope, type System } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listUnpaid, type ListedUnpaid } from '../billing/index.ts';
import { listBusinesses, readBusiness } from '../businesses/index.ts';
import { civilDate, daysAfter, daysBetween } from '../rating/index.ts';
import { stepsAhead, type Course, type PlannedStep } from './plan.ts';
import { readRecords, workingDay, type Record, type TakenStep } from './records.ts';
import { readSchedule, type Schedule } from './schedule.ts';

/** Where an unpaid invoice stands on its way. */
export interface Standing {
	invoice: ListedUnpaid;
	/** Civil days since it was due; before that, less than none. */
	daysOverdue: number;
	/** In turn. */
	taken: TakenStep[];
	/** What will come of it, in turn; none while it is on hold. What befalls subscriptions only where it bills one. */
	ahead: PlannedStep[];
	/** Since when nothing is done about it. */
	heldSince: string | null;
}

/** The unpaid invoices of the scope's business with what happened and what will happen when, those due first at the top. */
export const listOwnStandings = usecase(
	'dunning.read',
	v.object({}),
	async (scope): Promise<Standing[]> => {
		const businessId = businessOf(scope);
		const [unpaid, schedule, { timeZone }] = await Promise.all([
			listUnpaid(scope, { businessId }),
			readSchedule(scope, {}),
			readBusiness(scope, { businessId })
		]);
		const records = await readRecords(
			scope,
			unpaid.map(({ id }) => id)
		);
		return unpaid.map((invoice) =>
			toStanding(scope, invoice, schedule, timeZone, records.get(invoice.id))
		);
	}
);

export interface HeldStanding extends Standing {
	business: { id: string; name: string };
	hold: { reason: string; by: string; at: Date } | null;
}

/** The same over all businesses, with why an invoice is on hold: for staff and the command line. */
export const listStandings = usecase(
	'dunning.manage',
	v.object({}),
	async (scope): Promise<HeldStanding[]> => {
		const [unpaid, schedule, businesses, holds] = await Promise.all([
			listUnpaid(scope, {}),
			readSchedule(scope, {}),
			listBusinesses(scope, {}),
			scope.db
				.selectFrom('dunning.holds')
				.select(['invoice_id', 'reason', 'held_by as by', 'held_at as at'])
				.where('resumed_at', 'is', null)
				.execute()
		]);
		const records = await readRecords(
			scope,
			unpaid.map(({ id }) => id)
		);
		const reasons = new Map(holds.map(({ invoice_id, ...hold }) => [invoice_id, hold]));
		return unpaid.flatMap((invoice) => {
			const business = businesses.find(({ id }) => id === invoice.businessId);
			if (!business) return [];
			return {
				...toStanding(scope, invoice, schedule, business.timeZone, records.get(invoice.id)),
				business: { id: business.id, name: business.name },
				hold: reasons.get(invoice.id) ?? null
			};
		});
	}
);

/** One of them by what is printed on the invoice. @throws NotFound when nothing is left to pay of it */
export const findStanding = usecase(
	'dunning.manage',
	v.object({ number: v.string() }),
	async (scope, { number }): Promise<HeldStanding> => {
		const found = (await listStandings(scope, {})).find(({ invoice }) => invoice.number === number);
		if (!found) throw new NotFound('This unpaid invoice');
		return found;
	}
);

/** Where one invoice stands, for jobs; null when nothing is left to pay of it. */
export async function readStanding(
	scope: Scope<System>,
	{ businessId, invoiceId }: { businessId: string; invoiceId: string }
): Promise<Standing | null> {
	const invoice = (await listUnpaid(scope, { businessId })).find(({ id }) => id === invoiceId);
	if (!invoice) return null;
	const [schedule, { timeZone }, records] = await Promise.all([
		readSchedule(scope, {}),
		readBusiness(scope, { businessId }),
		readRecords(scope, [invoiceId])
	]);
	return toStanding(scope, invoice, schedule, timeZone, records.get(invoiceId));
}

/** The steps that were taken for an invoice of the scope's business, also when it is paid by now. */
export const listTakenSteps = usecase(
	'dunning.read',
	v.object({ invoiceId: v.string() }),
	async (scope, { invoiceId }): Promise<TakenStep[]> => {
		businessOf(scope);
		return (await readRecords(scope, [invoiceId])).get(invoiceId)?.steps ?? [];
	}
);

/** What is due now, over all businesses: which invoices `followInvoice` has something to do for. */
export async function listDue(scope: Scope): Promise<{ businessId: string; invoiceId: string }[]> {
	const schedule = await readSchedule(scope, {});
	const first = Math.min(...schedule.steps.map(({ day }) => day));
	// A day more than any zone can ask for.
	const dueBy = daysAfter(civilDate(scope.now, 'UTC'), 1 - first);
	const [unpaid, businesses] = await Promise.all([
		listUnpaid(scope, { dueBy }),
		listBusinesses(scope, {})
	]);
	const zones = new Map(businesses.map(({ id, timeZone }) => [id, timeZone]));
	const records = await readRecords(
		scope,
		unpaid.map(({ id }) => id)
	);
	return unpaid.flatMap((invoice) => {
		const zone = zones.get(invoice.businessId) ?? 'UTC';
		const today = workingDay(scope.now, zone, schedule.hour);
		const { course, held } = courseOf(invoice, records.get(invoice.id));
		// Also those that come to nothing: a subscription that begins later has nothing to do with them.
		const ahead = held ? [] : stepsAhead(schedule, course, civilDate(scope.now, zone));
		return ahead.some(({ on }) => on <= today)
			? { businessId: invoice.businessId, invoiceId: invoice.id }
			: [];
	});
}

function toStanding(
	scope: Scope,
	invoice: ListedUnpaid,
	schedule: Schedule,
	timeZone: string,
	record: Record | undefined
): Standing {
	const today = civilDate(scope.now, timeZone);
	const { course, held } = courseOf(invoice, record);
	return {
		invoice,
		daysOverdue: daysBetween(invoice.dueOn, today),
		taken: record?.steps ?? [],
		ahead: held
			? []
			: stepsAhead(schedule, course, today).filter(
					({ action }) => invoice.billsRunning || action === 'remind' || action === 'charge'
				),
		heldSince: held?.from ?? null
	};
}

function courseOf(
	{ issuedOn, dueOn }: ListedUnpaid,
	{ steps, holds }: Record = { steps: [], holds: [] }
): { course: Course; held: Record['holds'][number] | undefined } {
	return {
		course: { issuedOn, dueOn, taken: new Set(steps.map(({ step }) => step)), holds },
		held: holds.find(({ to }) => to === null)
	};
}
