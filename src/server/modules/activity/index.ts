import './reactions.ts';

export { ActivityReport, recordActivity, type ActivityKind } from './entries.ts';
export { listActivity, type ActivityView } from './feed.ts';
