import { minorDigits } from '#lib/format/money.ts';
import { m } from '#lib/paraglide/messages.js';
import type { saveCoupon } from '#server/modules/catalogue/index.ts';

type Input = Parameters<typeof saveCoupon>[1];

/** What was written, as the catalogue takes it; what is not right there, it refuses. */
export function couponOf(values: Readonly<Record<string, string>>, plans: string[]): Input {
	const value = (name: string) => (values[name] ?? '').trim();
	const isAmount = value('gives') === 'amount';
	const currency = value('currency').toUpperCase();
	return {
		...(value('code') === '' ? {} : { code: value('code') }),
		name: value('name'),
		...(isAmount
			? { amountMinor: minorOf(value('amount'), currency), currency }
			: { percent: value('percent') }),
		duration: value('duration') as 'once',
		periods: value('duration') === 'periods' ? countOf(value('periods'), NaN) : null,
		expiresAt: value('expiresAt') || null,
		limitInAll: countOf(value('limitInAll'), null),
		limitPerBusiness: countOf(value('limitPerBusiness'), null),
		plans: plans.map((each) => {
			const [product = '', plan = ''] = each.split('/');
			return { product, plan };
		})
	};
}

function countOf<E>(text: string, empty: E): number | E {
	return text === '' ? empty : Number(text);
}

/** Nothing, which is refused, for what is no amount of the currency. */
function minorOf(amount: string, currency: string): bigint {
	const text = /^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(amount) ? amount.replaceAll(',', '') : amount;
	const [, whole, behind = ''] = /^(\d{1,13})(?:\.(\d+))?$/.exec(text) ?? [];
	if (whole === undefined || !/^[A-Z]{3}$/.test(currency)) return 0n;
	const digits = minorDigits(currency);
	return behind.length > digits ? 0n : BigInt(whole + behind.padEnd(digits, '0'));
}

interface Issue {
	path: string;
	message: string;
}

/** Where the form has what is wrong. */
export function toCouponField<T extends Issue>(
	issue: T,
	values: Readonly<Record<string, string>>
): T {
	if (issue.path === 'amountMinor')
		return {
			...issue,
			path: 'amount',
			message: m.console_coupon_amount_wrong({ currency: values['currency'] ?? '' })
		};
	if (issue.path === '' && /code/.test(issue.message)) return { ...issue, path: 'code' };
	return issue;
}
