import { prepare } from './bootstrap/ground.js';
import { buildPages } from './bootstrap/pages.js';
import { asCommand } from './bootstrap/run.js';

await asCommand(async () => {
	const ground = await prepare();
	const pages = await buildPages(ground);
	const { code } = await ground.run(['bench/main.ts', ...process.argv.slice(2)], {
		env: { EVOLVE_PAGES: pages }
	});
	return code;
});
