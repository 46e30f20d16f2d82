import { deliverDue } from '#server/modules/webhooks/index.ts';
import { fixedClock } from '#server/platform/clock.ts';
import { createDatabase } from '#server/platform/database.ts';
import { createLive } from '#server/platform/live.ts';
import { createLog } from '#server/platform/log.ts';
import { allowPrivateNetworks, loopback } from '#server/platform/outbound.ts';
import { setRuntime } from '#server/platform/runtime.ts';
import { testSecrets as secrets } from './secrets.ts';

// A process of its own that sends what webhooks are due on the database of a test, and ends.

const { connection, at } = JSON.parse(process.argv[2] ?? '') as {
	connection: { host: string; port: number; user: string; database: string };
	at: string;
};
const log = createLog('silent');
const database = createDatabase({ connection, secrets, log });
const live = createLive(() => database.connectListener(), log);
setRuntime({
	database,
	clock: fixedClock(new Date(at)),
	secrets,
	log,
	live,
	publicUrl: 'http://localhost:3000',
	development: true
});
allowPrivateNetworks(loopback);
await deliverDue();
await live.close();
await database.close();
