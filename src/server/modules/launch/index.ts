import './jobs.ts';

export {
	grantAccess,
	listAccesses,
	listGranters,
	removeAccess,
	removeAllAccesses
} from './accesses.ts';
export { answers, type ProductAnswer } from './answers.ts';
export { answerAccessRequest } from './approvals.ts';
export { deviceOf, type Device } from './devices.ts';
export {
	readEntitlement,
	readEntitlements,
	type Entitlement,
	type Entitlements
} from './entitlements.ts';
export { findExport, reportExport, reportExportEntries } from './export-reports.ts';
export {
	askExport,
	cancelExport,
	exportStatuses,
	listExports,
	type Export,
	type ExportStatus
} from './exports.ts';
export { findFarewell, prepareFarewell, type Farewell } from './farewells.ts';
export {
	listKeyStates,
	readSigningKeys,
	rotateSigningKey,
	withdrawSigningKey,
	type KeyState,
	type SigningKey,
	type SigningKeys
} from './keys.ts';
export type { Landing } from './landing.ts';
export { issuer, launch, type Launched } from './launch.ts';
export {
	chooseTab,
	listLaunchers,
	readLauncher,
	type Launcher,
	type LaunchRefusal,
	type LaunchView
} from './launchers.ts';
export { postLogout } from './logout.ts';
export { accessMode, closingOf, type Access, type AccessMode } from './modes.ts';
export {
	consumePayload,
	deletePayload,
	deletePayloadsOf,
	findPayload,
	savePayload,
	type Payload
} from './payloads.ts';
export { PlaceLabel, PlacePath, PlacePerson, reportPlace } from './places.ts';
export {
	askAccess,
	listAccessRequests,
	withdrawAccessRequest,
	type AccessRequest
} from './requests.ts';
export {
	readProductSettings,
	saveContact,
	saveLanding,
	type Contact,
	type ProductSettings
} from './settings.ts';
export { endSignIn, findSignIn, listSignIns, startSignIn, type SignIn } from './sign-ins.ts';
export { signEverybodyOut } from './signed-out.ts';
export { listVisitors, listVisits, type Visit, type Visitor } from './visits.ts';
export { countVisits, type VisitCounts } from './visit-counts.ts';
