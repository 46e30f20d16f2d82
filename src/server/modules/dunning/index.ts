import './jobs.ts';

export { followInvoice } from './follow.ts';
export { holdInvoice, resumeInvoice } from './holds.ts';
export { makeInvoiceLink, openInvoiceLink, type OpenedLink } from './links.ts';
export type { PlannedStep } from './plan.ts';
export type { Outcome, TakenStep } from './records.ts';
export {
	actions,
	readSchedule,
	saveSchedule,
	ScheduleInput,
	type Action,
	type Schedule,
	type Step
} from './schedule.ts';
export {
	findStanding,
	listDue,
	listOwnStandings,
	listStandings,
	listTakenSteps,
	readStanding,
	type HeldStanding,
	type Standing
} from './standing.ts';
