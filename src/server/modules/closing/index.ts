// Its jobs are declared when the module is loaded.
import './jobs.ts';

export { closeBusinesses, type Closed } from './close.ts';
export { listClosingFailures, nextTryAt, retryClosing, type ClosingFailure } from './failures.ts';
export { closeDue } from './run.ts';
export {
	holdClosing,
	readClosingSettings,
	releaseClosing,
	saveGraceHours,
	type ClosingSettings
} from './settings.ts';
export { listUnbilledChanges, type UnbilledChange } from './unbilled.ts';
export { readClosingStatus, type ClosingStatus } from './status.ts';
