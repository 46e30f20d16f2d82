export { decimalPattern } from './decimal.ts';
export { chargedQuantity, rateLine } from './lines.ts';
export {
	boundaryAfter,
	civilDate,
	daysAfter,
	daysBetween,
	intervals,
	periodOf,
	startOfDay,
	type Interval,
	type Period
} from './periods.ts';
export { addUp, standardTaxRate, type TaxedAmount, type Totals } from './taxes.ts';
