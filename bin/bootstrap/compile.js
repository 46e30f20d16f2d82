// Loads the server once, so that its first start finds every file compiled (NODE_COMPILE_CACHE).
import { flushCompileCache } from 'node:module';
import { loadModules } from '../../src/open.ts';
import { loadPages } from '../../src/pages.ts';
import '../../src/main.ts';

await loadModules();
await loadPages(process.env['EVOLVE_PAGES'] ?? 'build');
flushCompileCache();
