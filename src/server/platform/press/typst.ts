import { createRequire } from 'node:module';
import { arch, platform } from 'node:process';

/** As much of the compiler as the press uses. The package around its builds describes it whole. */
export interface Typst {
	compile(asked: { mainFileContent: string; inputs: Record<string, string> }): {
		/** Null where the template or the data is wrong. */
		readonly result: object | null;
		takeError(): { readonly shortDiagnostics: unknown[] } | null;
	};
	pdf(document: object, options: { pdfStandard?: string }): Buffer;
	/** Forgets what so many evictions have passed by. */
	evictCache(age: number): void;
}

/**
 * The compiler as it is built for this machine. Its own package wants the builds of eleven machines in the
 * lock, which the registry does not have for every version, so the builds that we run on are named instead.
 * @throws Error where there is none
 */
export function openTypst(fonts: Buffer[]): Typst {
	const require = createRequire(import.meta.url);
	const { NodeCompiler } = require(
		`@myriaddreamin/typst-ts-node-compiler-${platform}-${arch}-gnu`
	) as { NodeCompiler: { create(options: object): Typst } };
	return NodeCompiler.create({ fontArgs: [{ fontBlobs: fonts }] });
}

/**
 * For people and for screen readers (PDF/UA-1). The build for arm64 is one version behind, which knows no
 * tags: there a PDF comes without them.
 */
export const standard = arch === 'x64' ? { pdfStandard: 'ua-1' } : {};
