import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const prefix = '\0native:';
const loaded = Symbol.for('evolve.native-rooms');

/**
 * A build leaves the server's rooms to Node (vite.config.ts). Vite's development server knows no such thing
 * for package imports, and would load them a second time, with pools of their own that nobody opened. So here
 * pages get what Node has loaded, handed over in this process.
 */
export function nativeRooms(): Plugin {
	const modules = new Map<string, Record<string, unknown>>();
	Object.assign(globalThis, { [loaded]: modules });
	return {
		name: 'native-rooms',
		apply: 'serve',
		resolveId: {
			// Before the build's own rule for the same imports.
			order: 'pre',
			handler(id) {
				if (!/^#(server\/(platform|modules)|sdk)/.test(id)) return null;
				return prefix + fileURLToPath(import.meta.resolve(id));
			}
		},
		async load(id) {
			if (!id.startsWith(prefix)) return null;
			const file = id.slice(prefix.length);
			const module = (await import(file)) as Record<string, unknown>;
			modules.set(file, module);
			const words = [
				`const room = globalThis[Symbol.for('evolve.native-rooms')].get(${JSON.stringify(file)});`
			];
			for (const name of Object.keys(module)) {
				words.push(
					name === 'default'
						? 'export default room.default;'
						: `export const ${name} = room.${name};`
				);
			}
			return words.join('\n');
		}
	};
}
