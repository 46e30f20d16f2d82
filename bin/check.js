import { check, tell } from './bootstrap/check.js';
import { prepare } from './bootstrap/ground.js';
import { asCommand } from './bootstrap/run.js';

await asCommand(async () => {
	const findings = await check(await prepare());
	tell(findings);
	const failed = findings.filter((finding) => !finding.passed).length;
	console.log(`${findings.length - failed} passed, ${failed} failed`);
	return failed === 0 ? 0 : 1;
});
