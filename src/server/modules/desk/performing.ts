import { sql } from 'kysely';
import { withSystem } from '../../platform/doors.ts';
import { Expected, Invalid } from '../../platform/errors.ts';
import { emit, readEvent, readEvents } from '../../platform/events.ts';
import { defineJob, enqueue, on } from '../../platform/jobs.ts';
import type { Scope, System } from '../../platform/scope.ts';
import {
	issueCreditNote,
	startSubscription,
	voidInvoice,
	writeOffInvoice
} from '../billing/index.ts';
import { readBusiness } from '../businesses/index.ts';
import { recordPayment } from '../payments/index.ts';
import { civilDate, lineMinor, minorDigits } from '../rating/index.ts';
import type { Act } from './acts.ts';
import type {} from './asking.ts';

interface Asked {
	businessId: string;
	eventId: string;
}

/** In doors of its own, under the name of whoever asked: what is made keeps that name. */
const performing = defineJob<Asked>({
	name: 'desk.perform',
	opensOwnDoors: true,
	async work({ businessId, eventId }) {
		const asked = await withSystem('desk.perform', (scope) =>
			readEvent<'desk.asked'>(scope, businessId, eventId)
		);
		const { actId, act } = asked.data;
		const { id, name, reason = null } = asked.actor;
		const once = async (work: (scope: Scope<System>) => Promise<void>) =>
			withSystem(name, async (scope) => {
				if (await isNew(scope, businessId, actId)) await work(scope);
			});
		try {
			await once(async (scope) => {
				const outcome = await perform(scope, businessId, act);
				const askedBy = { id, name };
				await emit(scope, 'desk.done', { actId, act, askedBy, reason, outcome }, businessId);
			});
		} catch (failure) {
			if (!(failure instanceof Expected)) throw failure;
			const issues =
				failure instanceof Invalid ? failure.issues : [{ path: '', message: failure.message }];
			await once((scope) => emit(scope, 'desk.refused', { actId, issues }, businessId));
		}
	}
});

on('desk.asked', 'desk.asked', (scope, { businessId, id }) =>
	enqueue(scope, performing, { businessId, eventId: id })
);

/** Whether nothing has become of it yet. Of two jobs for one act the second waits here for the first. */
async function isNew(scope: Scope, businessId: string, actId: string): Promise<boolean> {
	await sql`select pg_advisory_xact_lock(hashtextextended(${actId}, 0))`.execute(scope.db);
	const outcomes = await Promise.all([
		readEvents(scope, { businessId, kind: 'desk.done', limit: 50 }),
		readEvents(scope, { businessId, kind: 'desk.refused', limit: 50 })
	]);
	return outcomes.flat().every(({ data }) => data.actId !== actId);
}

/** @returns the number of the paper that came of it, or the product's name */
async function perform(scope: Scope<System>, businessId: string, act: Act): Promise<string> {
	const { timeZone, currency } = await readBusiness(scope, { businessId });
	const today = civilDate(scope.now, timeZone);
	switch (act.kind) {
		case 'payment': {
			const { number } = await recordPayment(scope, {
				businessId,
				method: act.method,
				reference: act.reference,
				amountMinor: minorOf(act.amount, act.currency),
				currency: act.currency,
				receivedOn: act.receivedOn,
				invoices: act.invoices.map((invoice) => ({ number: invoice }))
			});
			return number;
		}
		case 'credit_note': {
			const { number } = await issueCreditNote(scope, {
				businessId,
				number: act.number,
				issuedOn: today,
				reason: act.reason,
				what:
					act.amount === undefined
						? { whole: true }
						: { amountMinor: minorOf(act.amount, currency) }
			});
			return number;
		}
		case 'void':
			await voidInvoice(scope, { businessId, ...endOf(act), onDay: today });
			return act.number;
		case 'write_off':
			await writeOffInvoice(scope, { businessId, ...endOf(act), onDay: today });
			return act.number;
		case 'start': {
			await startSubscription(scope, {
				businessId,
				product: act.product,
				plan: act.plan,
				startedOn: today,
				...(act.seats === undefined ? {} : { seats: act.seats }),
				...(act.coupon === undefined ? {} : { coupon: act.coupon })
			});
			return act.product;
		}
	}
}

function endOf({ number, reason }: { number: string; reason: string }) {
	return { number, reason };
}

/** @throws Invalid at `amount` for what is finer than the currency */
function minorOf(amount: string, currency: string): bigint {
	const digits = minorDigits(currency);
	if ((amount.split('.')[1] ?? '').length > digits)
		throw new Invalid([
			{ path: 'amount', message: `${currency} has ${digits} digits behind the point.` }
		]);
	return lineMinor(amount, currency);
}
