import './jobs.ts';

export { createPerson, findPerson, listPersons, Email, NewPassword } from './persons.ts';
export {
	endSession,
	idleHours,
	lifetimeDays,
	moveSession,
	readSession,
	sessionCookieName,
	signIn,
	sweepSessions,
	type Session,
	type StartedSession
} from './sessions.ts';
