import type { Transport } from '@sveltejs/kit/hooks';
import { isOnlyDrawn } from '#lib/drawn.ts';

/** What is only drawn crosses to no browser: see lib/drawn.ts. */
export const transport: Transport = {
	drawn: { encode: (value) => isOnlyDrawn(value) && 1, decode: () => ({}) }
};
