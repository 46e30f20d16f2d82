import './jobs.ts';

export {
	changePassword,
	endOtherSessions,
	endOwnSession,
	listOwnSessions,
	type OwnSession
} from './account.ts';
export {
	askForPasswordLink,
	makePasswordLink,
	passwordLinkHours,
	readPasswordLink,
	setPassword,
	type PasswordLink
} from './password-links.ts';
export { createPerson, findPerson, listPersons, Email, NewPassword } from './persons.ts';
export {
	endSession,
	endSessionsOf,
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
