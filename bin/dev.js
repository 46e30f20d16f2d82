import { prepare } from './bootstrap/ground.js';
import { asCommand } from './bootstrap/run.js';

await asCommand(async () => {
	const ground = await prepare();
	// The same program as in production, but pages follow their source as it is edited, and an edit of the
	// server starts it again.
	const { code } = await ground.run(['--watch', '--watch-preserve-output', 'src/main.ts'], {
		env: {
			NODE_ENV: 'development',
			EVOLVE_PAGES: 'vite',
			EVOLVE_STEPS_TAKEN: String(ground.progress.taken)
		},
		ownEnd: true
	});
	return code;
});
