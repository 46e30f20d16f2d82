import { defineJob, on } from '../../platform/jobs.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { listSuspended } from '../billing/index.ts';
import { listMembers } from '../businesses/index.ts';
import { listProducts, modeOfUsageSuspension } from '../catalogue/index.ts';
import { lifetimeDays } from '../identity/index.ts';
import { listSuspendedByUse } from '../usage/index.ts';
import { grantAccess } from './accesses.ts';
import { closingOf } from './modes.ts';
import { sweepPayloads } from './payloads.ts';
import { firstRoleIn } from './roles.ts';
import { endSignIns } from './sign-ins.ts';
// For the type of the event that it tells.
import type {} from './signed-out.ts';

on('session.ended', 'launch.session-ended', async (scope, { data }) => {
	await endSignIns(scope, { sessionId: data.sessionId });
});

on('access.removed', 'launch.access-removed', async (scope, { businessId, data }) => {
	await endSignIns(scope, { businessId, personId: data.personId, productId: data.productId });
});

on('member.removed', 'launch.member-removed', async (scope, { businessId, data }) => {
	await endSignIns(scope, { businessId, personId: data.personId });
});

on('product.signed-out', 'launch.signed-out', async (scope, { businessId, data }) => {
	await endSignIns(scope, { businessId, productId: data.productId });
});

on('subscription.changed', 'launch.subscription-changed', async (scope, { businessId, data }) => {
	// Suspended, a product is closed at the earliest after a day of notice: the job below sees to it.
	if (data.to === 'ended') await endSignIns(scope, { businessId, productId: data.productId });
});

on('usage.suspended', 'launch.usage-suspended', async (scope, { businessId, data }) => {
	if (data.mode === 'closed') await endSignIns(scope, { businessId, productId: data.productId });
});

on('trial.started', 'launch.trial-started', async (scope, { businessId, data }) => {
	const { personId, slug } = data;
	const members = await listMembers(scope, { businessId });
	// They may have left while the trial was being set up.
	if (!members.some((member) => member.personId === personId)) return;
	const role = await firstRoleIn(scope, slug);
	await grantAccess(scope, { businessId, personId, product: slug, role });
});

defineJob({
	name: 'launch.closing',
	cron: '*/10 * * * *',
	work: endSignInsOfClosed
});

/** Nobody signs in to a closed product; who was signed in when it closed is signed out here. */
export async function endSignInsOfClosed(scope: Scope<System>): Promise<void> {
	const [suspended, products, limited] = await Promise.all([
		listSuspended(scope, {}),
		listProducts(scope, {}),
		listSuspendedByUse(scope, {})
	]);
	for (const { businessId, productId, suspendedAt } of suspended) {
		const product = products.find(({ id }) => id === productId);
		const closing = product ? closingOf(suspendedAt, product) : null;
		if (closing && closing <= scope.now) await endSignIns(scope, { businessId, productId });
	}
	for (const { businessId, productId } of limited) {
		const product = products.find(({ id }) => id === productId);
		if (product && modeOfUsageSuspension(product) === 'closed')
			await endSignIns(scope, { businessId, productId });
	}
}

defineJob({
	name: 'launch.sweep',
	cron: '7 * * * *',
	async work(scope) {
		await sweepPayloads(scope);
		// No session lives longer, so whatever is older has lost its session.
		await endSignIns(scope, {
			startedBefore: new Date(scope.now.getTime() - lifetimeDays * 86_400_000)
		});
	}
});
