export { allocate, discount, type Discount } from './allocation.ts';
export { Currency, lineMinor, major, minorDigits } from './currencies.ts';
export { decimalPattern } from './decimal.ts';
export { difference, exactLine, rateLine } from './lines.ts';
export {
	boundaryAfter,
	civilDate,
	daysAfter,
	daysBetween,
	intervals,
	periodOf,
	startOfDay,
	wholePeriodOf,
	type Interval,
	type Period
} from './periods.ts';
export { asPrice, Price } from './price.ts';
export {
	portion,
	prorate,
	prorationModes,
	type Change,
	type Proration,
	type ProrationLine,
	type ProrationMode
} from './proration.ts';
export { rate, type Rated } from './rate.ts';
export { Amount, Quantity, TimeZone } from './schemas.ts';
export { stepKinds, type Step, type StepKind } from './steps.ts';
export {
	addUp,
	netOf,
	standardTaxRate,
	taxClasses,
	taxRates,
	type TaxClass,
	type TaxedAmount,
	type TaxMode,
	type TaxSum,
	type Totals
} from './taxes.ts';
export { Used } from './used.ts';
