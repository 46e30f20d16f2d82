import { readOutbox } from '#server/web/outbox.ts';

export const load = readOutbox;
