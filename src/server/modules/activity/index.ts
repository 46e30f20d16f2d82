import './reactions.ts';

export { ActivityReport, recordActivity } from './entries.ts';
export { listActivity, type ActivityView } from './feed.ts';
export {
	activityFields,
	fieldOf,
	ownKinds,
	type ActivityField,
	type ActivityKind
} from './fields.ts';
export { addressDays, keptMonths, readKeeping, saveKeeping, sweepActivity } from './keeping.ts';
