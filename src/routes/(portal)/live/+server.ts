import { stream } from '#server/web/stream.ts';

export const GET = stream;
