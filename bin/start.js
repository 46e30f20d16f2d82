import { prepare, serverFlags } from './bootstrap/ground.js';
import { buildPages } from './bootstrap/pages.js';
import { asCommand } from './bootstrap/run.js';

await asCommand(async () => {
	const ground = await prepare();
	const pages = await buildPages(ground);
	const { code } = await ground.run([...serverFlags, 'src/main.ts'], {
		env: { EVOLVE_PAGES: pages, EVOLVE_STEPS_TAKEN: String(ground.progress.taken) },
		ownEnd: true
	});
	return code;
});
