import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { createHash } from 'node:crypto';
import { build, defineConfig, type Plugin } from 'vite';
import { makeFonts } from './bin/fonts.js';

/**
 * The server's own rooms are not bundled: pages import them by their package name (`#server/...`)
 * and Node loads the very files that main.ts loads, so that there is one set of pools, doors and
 * error classes in the process. Only `server/web` is bundled, since it alone speaks SvelteKit.
 */
function serverRoomsStayOutside(): Plugin {
	return {
		name: 'server-rooms-stay-outside',
		enforce: 'pre',
		resolveId(id) {
			if (/^#(server\/(platform|modules)|sdk)/.test(id)) return { id, external: true };
			return null;
		}
	};
}

/** The style sheets name fonts that git does not keep: they are there before anything reads a style sheet. */
function fontsFirst(): Plugin {
	return {
		name: 'fonts-first',
		async config() {
			await makeFonts();
		}
	};
}

/**
 * Pages are drawn by the server alone, so the one script they load is no part of SvelteKit's client. It is bundled by
 * itself into a file named by its content, and `virtual:enhance` tells the layout where that file is.
 */
function enhancement(): Plugin {
	const entry = 'src/lib/enhance/main.ts';
	let script: Promise<{ fileName: string; source: string }> | undefined;

	async function bundle() {
		const result = await build({
			configFile: false,
			logLevel: 'warn',
			build: {
				write: false,
				target: 'es2022',
				rolldownOptions: { input: entry, output: { codeSplitting: false } }
			}
		});
		if (Array.isArray(result) || !('output' in result)) throw new Error('One bundle was expected.');
		const source = result.output[0].code;
		const hash = createHash('sha256').update(source).digest('base64url').slice(0, 10);
		return { fileName: `_app/immutable/assets/enhance.${hash}.js`, source };
	}

	let serving = false;
	return {
		name: 'enhancement',
		configResolved(config) {
			serving = config.command === 'serve';
		},
		resolveId(id) {
			return id === 'virtual:enhance' ? '\0virtual:enhance' : null;
		},
		async load(id) {
			if (id !== '\0virtual:enhance') return null;
			const src = serving ? `/${entry}` : `/${(await (script ??= bundle())).fileName}`;
			return `export const src = ${JSON.stringify(src)};`;
		},
		async generateBundle() {
			// Without hydration there is no client build: what the server's build emits is what browsers get.
			if (this.environment.name !== 'ssr') return;
			this.emitFile({ type: 'asset', ...(await (script ??= bundle())) });
		}
	};
}

/**
 * The shared parts are two style sheets, cached for good: one of what every page has, fetched on the first visit, and
 * one of forms and tables, which home goes without. A page adds its own. Left to itself the bundler would cut the parts
 * by who uses which, into a dozen requests.
 */
const formsAndTables =
	/\/src\/lib\/ui\/(Checkbox|Dialog|ErrorState|ErrorSummary|Field|Pagination|Table|Tabs|Tooltip)\.svelte/;
const partsInTwoSheets = {
	codeSplitting: {
		groups: [
			// First, since a group takes along what its members need, and the others need these.
			{
				name: 'parts',
				test: (id: string) =>
					/\/src\/lib\/(styles|ui\/(?!charts\/))/.test(id) && !formsAndTables.test(id),
				priority: 2
			},
			{ name: 'forms-and-tables', test: formsAndTables, priority: 1 }
		]
	}
};

export default defineConfig({
	environments: { ssr: { build: { rolldownOptions: { output: partsInTwoSheets } } } },
	// Fonts are made into the static folder, and read from there by the style sheets under development.
	server: { fs: { allow: ['static'] } },
	plugins: [
		fontsFirst(),
		enhancement(),
		serverRoomsStayOutside(),
		paraglideVitePlugin({
			project: './project.inlang',
			outdir: './src/lib/paraglide',
			strategy: ['cookie', 'baseLocale']
		}),
		sveltekit({
			adapter: adapter({ precompress: true }),
			// Short names for scoped styles: every element carries them, on every page.
			compilerOptions: { cssHash: ({ hash, filename, css }) => `s${hash(filename ?? css)}` },
			// The content security policy has no place for inline styles, and a cached sheet serves every page after.
			inlineStyleThreshold: 0,
			// The enhancement script registers it, where there is a script at all.
			serviceWorker: { register: false },
			version: { name: process.env['EVOLVE_BUILD'] ?? 'development' }
		})
	]
});
