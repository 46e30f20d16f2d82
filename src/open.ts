import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '#server/platform/clock.ts';
import type { Config } from '#server/platform/config.ts';
import { claimDataDirectory } from '#server/platform/data-directory.ts';
import { createDatabase, type Connection } from '#server/platform/database.ts';
import { startEmbedded } from '#server/platform/embedded/index.ts';
import { reachDatabase } from '#server/platform/external.ts';
import { createLive } from '#server/platform/live.ts';
import type { Logger } from '#server/platform/log.ts';
import { useSmtp } from '#server/platform/mail.ts';
import { migrate } from '#server/platform/migrate.ts';
import { allowPrivateNetworks } from '#server/platform/outbound.ts';
import { setRuntime, type Runtime } from '#server/platform/runtime.ts';
import { loadSecrets } from '#server/platform/secrets.ts';
import { StartFailure } from '#server/platform/start-failure.ts';

/** The portal's ground, opened: what every use case stands on, without a face to the outside. */
export interface Opened {
	runtime: Runtime;
	/** The names of the migrations that ran now. */
	migrated: string[];
	close(): Promise<void>;
}

/**
 * Opens the database (embedded, or the one that DATABASE_URL names), brings its schema up to date and sets
 * the runtime. The server and the command line both begin with it.
 * @param options.onLost told when the embedded database cannot be kept running
 * @throws StartFailure with a sentence for the operator; then nothing is left open
 */
export async function openPortal(
	config: Config,
	options: { log: Logger; onLost?: (failure: StartFailure) => void }
): Promise<Opened> {
	const { log } = options;
	const dataDirectory = claimDataDirectory(config.dataDir);
	const secrets = loadSecrets({
		secret: config.secret,
		file: path.join(dataDirectory, 'secret')
	});
	const server = await openServer(config, dataDirectory, options);
	try {
		const migrated = await migrateAsOwner(server.connection, () =>
			migrate(server.connection, secrets)
		);
		await loadModules();
		const database = createDatabase({ connection: server.connection, secrets, log });
		const live = createLive(() => database.connectListener(), log);
		useSmtp(config.smtpUrl, config.mailFrom);
		allowPrivateNetworks(config.privateNetworks);
		const runtime: Runtime = {
			database,
			clock: systemClock,
			secrets,
			log,
			live,
			publicUrl: config.publicUrl,
			development: config.development
		};
		setRuntime(runtime);
		return {
			runtime,
			migrated,
			async close() {
				await live.close();
				// A pool waits for what is out; what does not come back is cut off with the database.
				await Promise.race([database.close(), wait(500, undefined, { ref: false })]);
				await server.stop();
				setRuntime(null);
			}
		};
	} catch (error) {
		await server.stop();
		throw error;
	}
}

async function openServer(
	config: Config,
	dataDirectory: string,
	options: { log: Logger; onLost?: (failure: StartFailure) => void }
): Promise<{ connection: Connection; stop(): Promise<void> }> {
	if (config.databaseUrl === undefined) {
		return startEmbedded({ dataDir: dataDirectory, profile: 'production', ...options });
	}
	await reachDatabase(config.databaseUrl);
	return {
		connection: { connectionString: config.databaseUrl },
		stop: () => Promise.resolve()
	};
}

async function migrateAsOwner<R>(connection: Connection, work: () => Promise<R>): Promise<R> {
	try {
		return await work();
	} catch (error) {
		// insufficient_privilege (PostgreSQL, Appendix A)
		if ((error as { code?: string }).code !== '42501' || !('connectionString' in connection))
			throw error;
		throw new StartFailure(
			`The user of DATABASE_URL may not prepare the database (${(error as Error).message}). It must own the database and be allowed to create roles: alter role … createrole.`,
			{ cause: error }
		);
	}
}

/** Every module, so that every job and every reaction to an event is declared before jobs start. */
export async function loadModules(): Promise<void> {
	const folder = new URL('./server/modules/', import.meta.url);
	const faces = readdirSync(folder)
		.map((name) => new URL(`${name}/index.ts`, folder))
		.filter((face) => existsSync(face));
	await Promise.all(faces.map((face) => import(face.href)));
}
