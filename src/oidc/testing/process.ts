import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rotateSigningKey } from '#server/modules/launch/index.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createDatabase, type Connection } from '#server/platform/database.ts';
import { withSystem } from '#server/platform/doors.ts';
import { createLive } from '#server/platform/live.ts';
import { createLog } from '#server/platform/log.ts';
import { setRuntime } from '#server/platform/runtime.ts';
import { testSecrets } from '../../../tests/setup/secrets.ts';
import { createProvider } from '../provider.ts';

/** What a test asks of a second process of the same portal. */
export type Order = { serve: { connection: Connection; publicUrl: string } } | 'rotate';
/** The port that it serves at, or the id of the key that it made. */
export type Report = { port: number } | { kid: string };

async function serve({ connection, publicUrl }: { connection: Connection; publicUrl: string }) {
	const log = createLog('silent');
	const database = createDatabase({ connection, secrets: testSecrets, log });
	setRuntime({
		database,
		clock: systemClock,
		secrets: testSecrets,
		log,
		live: createLive(() => database.connectListener(), log),
		publicUrl,
		development: true
	});
	const provider = await createProvider();
	const server = createServer((request, response) => void provider.callback(request, response));
	await new Promise<void>((done) => server.listen(0, 'localhost', done));
	return { port: (server.address() as AddressInfo).port };
}

process.on('message', (order: Order) => {
	void (async () => {
		const report: Report =
			order === 'rotate'
				? await withSystem('test', (scope) => rotateSigningKey(scope, { atOnce: true }))
				: await serve(order.serve);
		process.send?.(report);
	})();
});
