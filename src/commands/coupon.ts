import { InvalidArgumentError, Option, type Command } from 'commander';
import {
	couponDurations,
	endCoupon,
	listCoupons,
	saveCoupon,
	type CouponDuration
} from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { amountWords, minorOf } from './amounts.ts';
import { notEmpty, onPortal, several, tell, tellTable, wholeNumber } from './command.ts';

interface CouponOptions {
	name: string;
	code?: string;
	amount?: string;
	currency: string;
	percent?: string;
	duration: CouponDuration;
	periods?: number;
	expires?: string;
	limit?: number;
	limitPerBusiness?: number;
	plan?: string[];
}

export function addCoupon(program: Command): void {
	const coupon = program.command('coupon').description('What is taken off for a code.');
	coupon
		.command('create')
		.description('Make a coupon, and show its code. What it gives never changes.')
		.requiredOption('--name <name>', 'what a line for it says', notEmpty)
		.option('--code <code>', 'the code; without it, one that nobody guesses')
		.option('--amount <amount>', 'what is taken off before tax, such as 500.00')
		.option('--currency <code>', 'the currency of the amount', 'KES')
		.option('--percent <number>', 'or so many per cent, such as 12.5')
		.addOption(
			new Option('--duration <how long>', 'how long it takes off')
				.choices(couponDurations)
				.default('once')
		)
		.option('--periods <number>', 'for how many periods', wholeNumber)
		.option('--expires <time>', 'from when on it is not taken, such as 2026-12-31T23:59')
		.option('--limit <number>', 'how often it may be used in all', wholeNumber)
		.option('--limit-per-business <number>', 'and by one business', wholeNumber)
		.option('--plan <product/plan>', 'only for this plan; give it again for more', several)
		.action((options: CouponOptions) => onPortal(() => create(options)));
	coupon
		.command('list')
		.description(
			'All coupons: code, name, what it takes off, how often it was used, how it stands.'
		)
		.action(() =>
			onPortal(async () => {
				const coupons = await withSystem('evolve coupon list', (scope) => listCoupons(scope, {}));
				tellTable(
					coupons.map((each) => [
						each.code,
						each.name,
						each.amountMinor !== null && each.currency !== null
							? amountWords(each.amountMinor, each.currency)
							: `${each.percent ?? ''}%`,
						each.duration === 'periods' ? `${each.periods ?? 0} periods` : each.duration,
						`used ${each.redeemed}${each.limitInAll === null ? '' : ` of ${each.limitInAll}`}`,
						each.state
					])
				);
			})
		);
	coupon
		.command('end')
		.description('End a coupon: nobody begins with it any more, what was begun goes on.')
		.argument('<code>', 'its code')
		.action((code: string) =>
			onPortal(async () => {
				await withSystem('evolve coupon end', (scope) => endCoupon(scope, { code }));
			})
		);
}

async function create({ amount, currency, plan = [], ...options }: CouponOptions): Promise<void> {
	const { code } = await withSystem('evolve coupon create', (scope) =>
		saveCoupon(scope, {
			name: options.name,
			...(options.code === undefined ? {} : { code: options.code }),
			...(amount === undefined ? {} : { amountMinor: minorOf(amount, currency), currency }),
			percent: options.percent ?? null,
			duration: options.duration,
			periods: options.periods ?? null,
			expiresAt: options.expires ?? null,
			limitInAll: options.limit ?? null,
			limitPerBusiness: options.limitPerBusiness ?? null,
			plans: plan.map(toPlan)
		})
	);
	tell(code);
}

function toPlan(words: string): { product: string; plan: string } {
	const [product, plan, more] = words.split('/');
	if (!product || !plan || more !== undefined)
		throw new InvalidArgumentError('Write product and plan, such as erp/business.');
	return { product, plan };
}
