import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { defineConfig, type Plugin } from 'vite';

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

export default defineConfig({
	plugins: [
		serverRoomsStayOutside(),
		paraglideVitePlugin({
			project: './project.inlang',
			outdir: './src/lib/paraglide',
			strategy: ['cookie', 'baseLocale']
		}),
		sveltekit({
			adapter: adapter({ precompress: true }),
			csp: {
				mode: 'auto',
				directives: {
					'default-src': ['self'],
					'script-src': ['self'],
					'style-src': ['self'],
					'img-src': ['self', 'data:'],
					'font-src': ['self'],
					'connect-src': ['self'],
					'object-src': ['none'],
					'base-uri': ['none'],
					'frame-ancestors': ['none']
				}
			},
			version: { name: process.env['EVOLVE_BUILD'] ?? 'development' }
		})
	]
});
