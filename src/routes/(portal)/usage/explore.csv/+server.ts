import { answerExploration } from '../explore-answer.server.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = (event) => answerExploration(event, 'csv');
