import { readAttachment } from '#server/web/outbox.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ params }) => readAttachment(params.mail, params.place);
