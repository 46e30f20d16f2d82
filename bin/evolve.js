import { prepare } from './bootstrap/ground.js';
import { asCommand } from './bootstrap/run.js';

await asCommand(async () => {
	const ground = await prepare();
	const { code } = await ground.run(['src/cli.ts', ...process.argv.slice(2)]);
	return code;
});
