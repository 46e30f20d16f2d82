import { withSystem } from '../../platform/doors.ts';
import { announce } from '../../platform/live.ts';
import { defineJob } from '../../platform/jobs.ts';
import { lockUnpaid } from '../billing/index.ts';
import { chargingProvider, type Outcome as ChargeOutcome } from '../payments/index.ts';
import type { Outcome } from './records.ts';

interface ChargeStep {
	businessId: string;
	invoiceId: string;
	step: string;
}

/**
 * Asks for the money of an unpaid invoice by whatever provider is set up. It talks to the network, so no
 * transaction is open meanwhile; the provider knows a step that it is asked for twice by its id.
 */
export const charge = defineJob<ChargeStep>({
	name: 'dunning.charge',
	opensOwnDoors: true,
	async work(asked) {
		const { businessId, invoiceId, step } = asked;
		const locked = await withSystem('dunning.charge', (scope) =>
			lockUnpaid(scope, { businessId, invoiceId })
		);
		if (!locked) return record(asked, { outcome: 'nothing', note: 'paid_meanwhile' });
		const { number, leftMinor, currency } = locked.invoice;
		const provider = chargingProvider(currency);
		if (!provider?.charge) return record(asked, { outcome: 'nothing', note: 'no_way_to_charge' });
		const answer = await provider.charge({
			attemptId: `${invoiceId}.${step}`,
			amountMinor: leftMinor,
			currency,
			reference: number,
			description: number,
			payer: {}
		});
		await record(asked, toOutcome(answer));
	}
});

/** Money that came is counted when the provider brings word of it, as all money is. */
function toOutcome(answer: ChargeOutcome): { outcome: Outcome; note: string | null } {
	switch (answer.state) {
		case 'pending':
			return { outcome: 'asked', note: null };
		case 'succeeded':
			return { outcome: 'paid', note: answer.reference };
		case 'failed':
			return { outcome: 'failed', note: answer.message };
	}
}

async function record(
	{ businessId, invoiceId, step }: ChargeStep,
	{ outcome, note }: { outcome: Outcome; note: string | null }
): Promise<void> {
	await withSystem('dunning.charge', async (scope) => {
		await scope.db
			.updateTable('dunning.steps')
			.set({ outcome, note })
			.where('business_id', '=', businessId)
			.where('invoice_id', '=', invoiceId)
			.where('step', '=', step)
			.execute();
		await announce(scope, businessId, 'billing');
	});
}
