import { m } from '#lib/paraglide/messages.js';
import type { Step } from '#server/modules/rating/index.ts';
import { formatMajor, formatQuantity } from '../amounts.ts';

/** A row of how an amount came about: words, and what they come to in major units. */
export interface MadeUp {
	words: string;
	amount: string;
}

/** How an amount came about, step by step: `1,240 at 0.90`. */
export function wordSteps(steps: readonly Step[], currency: string): MadeUp[] {
	return steps.map((step) => ({
		words: wordStep(step, currency),
		amount: formatMajor(step.amount, currency)
	}));
}

function wordStep(step: Step, currency: string): string {
	const quantity = step.quantity === null ? '' : formatQuantity(step.quantity);
	const price = step.unitAmount === null ? '' : formatMajor(step.unitAmount, currency);
	const flat = step.flatAmount === null ? '' : formatMajor(step.flatAmount, currency);
	switch (step.kind) {
		case 'flat':
			return m.line_step_flat();
		case 'units':
			return inTier(step, m.line_step_units({ quantity, price }), flat);
		case 'packages':
			return inTier(step, m.line_step_packages({ quantity, price }), flat);
		case 'percentage':
			return inTier(
				step,
				m.line_step_percentage({ percent: formatQuantity(step.ratePercent ?? '0'), quantity }),
				flat
			);
		case 'fixed':
			return m.line_step_fixed({ quantity, price: price || flat });
		case 'event_minimum':
			return m.line_step_event_minimum({ quantity, price: price || flat });
		case 'event_maximum':
			return m.line_step_event_maximum({ quantity, price: price || flat });
		case 'minimum':
			return m.line_step_minimum({ amount: flat });
		case 'maximum':
			return m.line_step_maximum({ amount: flat });
	}
}

function inTier({ tier, from, upTo, flatAmount }: Step, words: string, flat: string): string {
	const whole = isSomething(flatAmount) ? m.line_step_and_once({ words, amount: flat }) : words;
	if (tier === null) return whole;
	const edge = formatQuantity(from ?? '0');
	return upTo === null
		? m.line_tier_open({ tier, from: edge, words: whole })
		: m.line_tier({ tier, from: edge, to: formatQuantity(upTo), words: whole });
}

function isSomething(text: string | null): boolean {
	return /[1-9]/.test(text ?? '');
}

/** One exact decimal less another, never below nothing; both in the same unit. */
export function beyond(one: string, other: string): string | null {
	const [digits, a, b] = scaled(one, other);
	if (a <= b) return null;
	const text = String(a - b).padStart(digits + 1, '0');
	const whole = text.slice(0, text.length - digits);
	const fraction = text.slice(text.length - digits).replace(/0+$/, '');
	return fraction === '' ? whole : `${whole}.${fraction}`;
}

function scaled(one: string, other: string): [number, bigint, bigint] {
	const parts = [one, other].map((text) => text.split('.'));
	const digits = Math.max(...parts.map(([, fraction = '']) => fraction.length));
	const [a = 0n, b = 0n] = parts.map(([whole = '0', fraction = '']) =>
		BigInt(whole + fraction.padEnd(digits, '0'))
	);
	return [digits, a, b];
}
