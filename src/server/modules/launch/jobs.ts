import { defineJob, on } from '../../platform/jobs.ts';
import { lifetimeDays } from '../identity/index.ts';
// For the type of the event that it tells.
import type {} from '../businesses/index.ts';
import { sweepPayloads } from './payloads.ts';
import { endSignIns } from './sign-ins.ts';

on('session.ended', 'launch.session-ended', async (scope, { data }) => {
	await endSignIns(scope, { sessionId: data.sessionId });
});

on('access.removed', 'launch.access-removed', async (scope, { businessId, data }) => {
	await endSignIns(scope, { businessId, personId: data.personId, productId: data.productId });
});

on('member.removed', 'launch.member-removed', async (scope, { businessId, data }) => {
	await endSignIns(scope, { businessId, personId: data.personId });
});

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
