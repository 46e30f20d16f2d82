import './jobs.ts';

export {
	changePassword,
	endOtherSessions,
	endOwnSession,
	listOwnSessions,
	type OwnSession
} from './account.ts';
export { listLivingSessions } from './living-sessions.ts';
export {
	askForPasswordLink,
	makePasswordLink,
	passwordLinkHours,
	readPasswordLink,
	setPassword,
	type PasswordLink
} from './password-links.ts';
export {
	createPerson,
	findPerson,
	listLocales,
	listPersons,
	Email,
	NewPassword
} from './persons.ts';
export type { Proof } from './proofs.ts';
export { recoveryCodeCount } from './recovery-codes.ts';
export {
	confirmSecondFactor,
	makeRecoveryCodes,
	offerMinutes,
	offerSecondFactor,
	readOffer,
	readSecondFactor,
	removeSecondFactor,
	resetSecondFactor,
	setUpSecondFactor,
	type Offer,
	type SecondFactor
} from './second-factor.ts';
export {
	endSession,
	endSessionsOf,
	idleHours,
	lifetimeDays,
	moveSession,
	readSession,
	sessionCookieName,
	sweepSessions,
	type Session,
	type StartedSession
} from './sessions.ts';
export {
	completeSignIn,
	pendingCookieName,
	pendingMinutes,
	readPendingSignIn,
	signIn,
	type ChooseBusiness,
	type PendingSignIn,
	type SignInStep
} from './sign-ins.ts';
export { listStaff } from './staff.ts';
export { readSessionOrigin, setBusinessesOfPersons } from './telling.ts';
