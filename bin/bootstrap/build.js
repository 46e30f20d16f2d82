// Builds the pages into build/, under the pinned Node (see pages.js).
import { build } from 'vite';

await build({ logLevel: 'warn' });
