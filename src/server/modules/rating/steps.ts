import { decimalText, type Decimal } from './decimal.ts';

/**
 * `units` and `packages`: quantity × unit amount, with the flat amount of a tier; `percentage`: per cent
 * of the quantity, with the flat amount of a tier; `fixed`: events × their fixed part; `event_minimum`,
 * `event_maximum`: events × what each comes to at least or at most; `minimum`, `maximum`: what brings
 * the line to its bound, which is the flat amount.
 */
export const stepKinds = [
	'flat',
	'units',
	'packages',
	'percentage',
	'fixed',
	'event_minimum',
	'event_maximum',
	'minimum',
	'maximum'
] as const;
export type StepKind = (typeof stepKinds)[number];

/** One step of how an amount came about; exact decimals, null for what it does not have. */
export interface Step {
	kind: StepKind;
	/** From 1; the quantities that it holds: above `from`, up to and with `upTo`, null when open. */
	tier: number | null;
	from: string | null;
	upTo: string | null;
	quantity: string | null;
	unitAmount: string | null;
	flatAmount: string | null;
	ratePercent: string | null;
	/** Negative only of `maximum`. */
	amount: string;
}

export function step(
	kind: StepKind,
	amount: Decimal,
	what: Partial<Omit<Step, 'kind' | 'amount'>>
): Step {
	return {
		kind,
		tier: null,
		from: null,
		upTo: null,
		quantity: null,
		unitAmount: null,
		flatAmount: null,
		ratePercent: null,
		...what,
		amount: decimalText(amount)
	};
}
