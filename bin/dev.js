import { prepare } from './bootstrap/ground.js';
import { asCommand } from './bootstrap/run.js';

await asCommand(async () => {
	const ground = await prepare();
	// The same program as in production, but pages come from vite as they are edited.
	const { code } = await ground.run(['src/main.ts'], {
		env: {
			NODE_ENV: 'development',
			EVOLVE_PAGES: 'vite',
			EVOLVE_STEPS_TAKEN: String(ground.progress.taken)
		},
		ownEnd: true
	});
	return code;
});
