// A process of its own that holds a data directory's PostgreSQL until SIGTERM: for tests that kill one.
import { startEmbedded } from './index.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const embedded = await startEmbedded({
	dataDir: process.argv[2] ?? '',
	profile: 'test',
	log: silent
});
process.stdout.write(embedded.joined ? 'joined\n' : 'started\n');
process.once('SIGTERM', () => void embedded.stop().then(() => process.exit(0)));
// Kept alive though it may only look on.
setInterval(() => {}, 60_000);
