import { InvalidArgumentError, type Command } from 'commander';
import { listPlans, readProduct, savePlan } from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { Invalid } from '#server/platform/errors.ts';
import { notEmpty, onPortal, tellTable, wholeNumber } from './command.ts';
import { amountWords, digitsOf } from './money.ts';

interface PlanOptions {
	product: string;
	slug: string;
	name: string;
	amount: string;
	currency: string;
	seats?: number;
	includedBytes?: bigint;
	trialDays?: number;
	position?: number;
}

export function addPlan(program: Command): void {
	const plan = program.command('plan').description('What businesses can subscribe to.');
	plan
		.command('save')
		.description(
			'Make a plan of a product, or change the one there is. Subscriptions that run keep their price.'
		)
		.requiredOption('--product <slug>', 'the product, such as erp')
		.requiredOption('--slug <slug>', 'the plan, such as business')
		.requiredOption('--name <name>', 'what it is called', notEmpty)
		.requiredOption('--amount <amount>', 'what it costs a month before tax, such as 18500.00')
		.option('--currency <code>', 'the currency of the amount', 'KES')
		.option('--seats <number>', 'how many people may use it', wholeNumber)
		.option('--included-bytes <bytes>', 'data a month that is included', bytes)
		.option('--trial-days <days>', 'how long it can be tried first', wholeNumber)
		.option('--position <number>', 'its place among the plans; a new one comes last', wholeNumber)
		.action(({ amount, ...plan }: PlanOptions) =>
			onPortal(async () => {
				await withSystem('evolve plan save', (scope) =>
					savePlan(scope, { ...plan, amountMinor: toMinor(amount, plan.currency) })
				);
			})
		);
	plan
		.command('list')
		.description('The plans of a product: slug, name, amount a month, days of trial.')
		.requiredOption('--product <slug>', 'the product, such as erp')
		.action(({ product }: { product: string }) =>
			onPortal(async () => {
				const plans = await withSystem('evolve plan list', async (scope) => {
					const { id } = await readProduct(scope, { slug: product });
					return (await listPlans(scope, {})).filter(({ productId }) => productId === id);
				});
				tellTable(
					plans.map(({ slug, name, amountMinor, currency, trialDays }) => [
						slug,
						name,
						amountWords(amountMinor, currency),
						trialDays === null ? '' : `${trialDays} days`
					])
				);
			})
		);
}

function bytes(words: string): bigint {
	if (!/^\d{1,18}$/.test(words)) throw new InvalidArgumentError('It must be a number of bytes.');
	return BigInt(words);
}

function toMinor(amount: string, currency: string): bigint {
	const digits = digitsOf(currency);
	const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d+))?$/.exec(amount) ?? [];
	if (whole === undefined || fraction.length > digits)
		throw new Invalid([
			{ path: 'amount', message: `Write an amount such as 18500${digits > 0 ? '.00' : ''}.` }
		]);
	return BigInt(whole + fraction.padEnd(digits, '0'));
}
