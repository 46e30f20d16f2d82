import { defineJob } from '../../platform/jobs.ts';
import { sweepPasswordLinks } from './password-links.ts';
import { sweepSessions } from './sessions.ts';

defineJob({
	name: 'identity.sweep-sessions',
	cron: '*/10 * * * *',
	async work(scope) {
		await sweepSessions(scope);
		await sweepPasswordLinks(scope);
	}
});
