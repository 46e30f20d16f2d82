import { answerFigures } from '../explore-answer.server.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = (event) => answerFigures(event);
