import { inflate } from '@sparticuz/chromium';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';

const require = createRequire(import.meta.url);

/**
 * A Chromium from the packages of the lock, with its libraries and fonts: nothing of the machine's own is
 * needed, and root may run it too.
 */
export async function launchBrowser(): Promise<Browser> {
	const folder = await unpack();
	return chromium.launch({
		executablePath: path.join(folder, 'chromium'),
		// Its sandbox wants rights that a container seldom gives; it only opens pages of our own.
		args: ['--no-sandbox'],
		env: {
			...process.env,
			LD_LIBRARY_PATH: path.join(folder, 'al2023', 'lib'),
			FONTCONFIG_FILE: path.join(folder, 'fonts.conf'),
			XDG_CACHE_HOME: path.join(folder, 'cache')
		}
	});
}

/** The packaged fonts and no others, so that a page measures the same on every machine. */
const fonts = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
	<dir prefix="relative">fonts</dir>
	<cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/** Unpacked once a version, under another name until it is whole. */
async function unpack(): Promise<string> {
	const packed = path.resolve(path.dirname(require.resolve('@sparticuz/chromium')), '..');
	const { version } = JSON.parse(readFileSync(path.join(packed, 'package.json'), 'utf8')) as {
		version: string;
	};
	const folder = fileURLToPath(new URL(`../../.cache/chromium-${version}`, import.meta.url));
	if (existsSync(folder)) return folder;

	const draft = `${folder}.draft-${process.pid}`;
	rmSync(draft, { recursive: true, force: true });
	mkdirSync(draft, { recursive: true });
	const before = process.env['TMPDIR'];
	// The package knows no other way to be told where to.
	process.env['TMPDIR'] = draft;
	try {
		for (const name of ['chromium.br', 'al2023.tar.br', 'fonts.tar.br']) {
			await inflate(path.join(packed, 'bin', name));
		}
	} finally {
		if (before === undefined) delete process.env['TMPDIR'];
		else process.env['TMPDIR'] = before;
	}
	writeFileSync(path.join(draft, 'fonts.conf'), fonts);
	try {
		renameSync(draft, folder);
	} catch (error) {
		// Another process was faster.
		if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
		rmSync(draft, { recursive: true, force: true });
	}
	return folder;
}
