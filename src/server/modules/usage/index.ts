import './jobs.ts';

export { listActivePeople } from './active-people.ts';
export { fireAlerts } from './alert-firings.ts';
export type { AlertFacts } from './alert-changes.ts';
export { watchAlerts } from './alert-watch.ts';
export { listAlerts, listFirings, type Alert, type Answer, type Firing } from './alert-lists.ts';
export { answerAlertQuestion, listAlertQuestions, type AlertQuestion } from './alert-questions.ts';
export { removeAlert } from './alert-removal.ts';
export {
	alertActions,
	alertChannels,
	alertMarks,
	alertPeriods,
	limitsOf,
	saveAlert,
	type AlertAction,
	type AlertChannel,
	type AlertMark,
	type AlertPeriod,
	type LimitOf
} from './alerts.ts';
export {
	closePeriods,
	recountPeriods,
	type MeteredPeriod,
	type PeriodQuantity
} from './billed-periods.ts';
export { listEventValues } from './event-values.ts';
export { closePeriod, listAdjustments, type Adjustment } from './closings.ts';
export { readClosedQuantity } from './closed.ts';
export type { Counted } from './commit.ts';
export { refoldDays } from './days.ts';
export { admitEvents, recordEvents } from './events.ts';
export { readConsumption, whatChanged, type Consumption, type Share } from './consumption.ts';
export {
	exploreUsage,
	ExploreUsage,
	type Exploration,
	type Explored,
	type Group
} from './explore.ts';
export { foldOldHours } from './folding.ts';
export type { PeriodForecast } from './explore-forecasts.ts';
export { isGroupCursor } from './explore-groups.ts';
export { rankUsage, type Ranked, type Ranking } from './explore-ranking.ts';
export { granularities, type Granularity, type Step } from './explore-steps.ts';
export { forecastPeriod, type Forecast, type ForecastMethod } from './forecast.ts';
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
export { listMeterEvents, type MeterEvent, type MeterEvents } from './meter-events.ts';
export {
	changeMeter,
	defineMeter,
	figureUnit,
	listMeters,
	type Aggregation,
	type FigureUnit,
	type Meter,
	type Unit
} from './meters.ts';
export { keptByMinute, readMinutes } from './minutes.ts';
export type { UsageEvent } from './readings.ts';
export { recountMeter } from './recount.ts';
export { listRecounts, type Recount } from './recounts.ts';
export {
	liftSuspension,
	listSuspendedByUse,
	listSuspensions,
	type Suspension,
	type SuspensionEnd
} from './suspensions.ts';
export { readSpend, type Spend } from './spend.ts';
export { fireSpendLimits } from './spend-firings.ts';
export {
	listSpendLimits,
	removeSpendLimit,
	saveSpendLimit,
	spendActions,
	spendPeriods,
	type SpendAction,
	type SpendLimit,
	type SpendPeriod
} from './spend-limits.ts';
export { readSeries, type Point } from './series.ts';
export { dropOldEvents, listOldMonths, readRetention, saveRetention } from './retention.ts';
export {
	listEvents,
	traceEvent,
	type Correction,
	type CountedReading,
	type EventPosition,
	type StoredEvent,
	type Trace
} from './trace.ts';
