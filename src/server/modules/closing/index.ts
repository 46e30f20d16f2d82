// Its jobs are declared when the module is loaded.
import './jobs.ts';

export type { Closed } from './close.ts';
export { nextTryAt, retryClosing } from './failures.ts';
export { closeDue } from './run.ts';
export { holdClosing, releaseClosing, saveGraceHours } from './settings.ts';
export { listUnbilledChanges, type UnbilledChange } from './unbilled.ts';
export { readClosingStatus, type ClosingStatus } from './status.ts';
