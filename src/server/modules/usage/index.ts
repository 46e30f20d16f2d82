import './jobs.ts';

export { fireAlerts } from './alert-firings.ts';
export { watchAlerts } from './alert-watch.ts';
export {
	alertMarks,
	listAlerts,
	removeAlert,
	saveAlert,
	type Alert,
	type AlertMark
} from './alerts.ts';
export type { Counted } from './commit.ts';
export { refoldDays } from './days.ts';
export { admitEvents, recordEvents } from './events.ts';
export {
	exploreUsage,
	ExploreUsage,
	type Exploration,
	type Explored,
	type Group
} from './explore.ts';
export { granularities, type Granularity, type Step } from './explore-steps.ts';
export type { Forecast, ForecastMethod } from './forecast.ts';
export {
	listUsage,
	readBytes,
	readLatest,
	readQuantities,
	readUnique,
	readUsage,
	type Figure
} from './figures.ts';
export { readHomeFigures, type HomeFigures, type ProductFigures } from './home.ts';
export { defineMeter, listMeters, type Aggregation, type Meter, type Unit } from './meters.ts';
export type { UsageEvent } from './readings.ts';
export { readSeries, type Point } from './series.ts';
