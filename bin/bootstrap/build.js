// Builds the pages into build/, as `vite build` does. Run by the pinned Node (see pages.js).
import { createBuilder } from 'vite';

const builder = await createBuilder({ logLevel: 'warn' }, null);
await builder.buildApp();
