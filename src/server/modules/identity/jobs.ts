import { defineJob } from '../../platform/jobs.ts';
import { sweepPasswordLinks } from './password-links.ts';
import { sweepOffers } from './second-factor.ts';
import { sweepSessions } from './sessions.ts';
import { sweepPendingSignIns } from './sign-ins.ts';

defineJob({
	name: 'identity.sweep-sessions',
	cron: '*/10 * * * *',
	async work(scope) {
		await sweepSessions(scope);
		await sweepPasswordLinks(scope);
		await sweepPendingSignIns(scope);
		await sweepOffers(scope);
	}
});
