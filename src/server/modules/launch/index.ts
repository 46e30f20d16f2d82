import './jobs.ts';

export { grantAccess, listAccesses, listGranters, removeAccess } from './accesses.ts';
export { answers } from './answers.ts';
export type { Device } from './devices.ts';
export { readEntitlement, type Entitlement } from './entitlements.ts';
export { listSigningKeys, type SigningKey } from './keys.ts';
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
export {
	consumePayload,
	deletePayload,
	deletePayloadsOf,
	findPayload,
	savePayload,
	type Payload
} from './payloads.ts';
export { PlaceLabel, PlacePath, PlacePerson, reportPlace } from './places.ts';
export { endSignIn, findSignIn, listSignIns, startSignIn, type SignIn } from './sign-ins.ts';
