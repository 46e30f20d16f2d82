import { InvalidArgumentError, type Command } from 'commander';
import { planWords } from '#lib/format/prices.ts';
import {
	listPlans,
	listPlanVersions,
	readProduct,
	retirePlan,
	savePlan
} from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { notEmpty, onPortal, tellTable, wholeNumber } from './command.ts';
import { minorOf } from './amounts.ts';
import { addPlanVersion } from './plan-version.ts';

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
		.requiredOption('--amount <amount>', 'what it costs a period before tax, such as 18500.00')
		.option('--currency <code>', 'the currency of the amount', 'KES')
		.option('--seats <number>', 'how many people may use it', wholeNumber)
		.option('--included-bytes <bytes>', 'data a period that is included', bytes)
		.option('--trial-days <days>', 'how long it can be tried first', wholeNumber)
		.option('--position <number>', 'its place among the plans; a new one comes last', wholeNumber)
		.action(({ amount, ...plan }: PlanOptions) =>
			onPortal(async () => {
				await withSystem('evolve plan save', (scope) =>
					savePlan(scope, { ...plan, amountMinor: minorOf(amount, plan.currency) })
				);
			})
		);
	plan
		.command('list')
		.description('The plans of a product: slug, name, version, what it asks, days of trial.')
		.requiredOption('--product <slug>', 'the product, such as erp')
		.action(({ product }: { product: string }) =>
			onPortal(async () => {
				const rows = await withSystem('evolve plan list', async (scope) => {
					const { id } = await readProduct(scope, { slug: product });
					const told = await listPlanVersions(scope, { product });
					return (await listPlans(scope, {}))
						.filter(({ productId }) => productId === id)
						.map(({ id, slug, name, version, trialDays, retiredAt }) => {
							const said = told
								.find((each) => each.id === id)
								?.versions.find((each) => each.version === version);
							return [
								slug,
								name,
								`version ${version}`,
								said ? planWords(said.prices, said) : '',
								retiredAt ? 'retired' : trialDays === null ? '' : `${trialDays} days`
							];
						});
				});
				tellTable(rows);
			})
		);
	plan
		.command('retire')
		.description('Take a plan off the offer. Who has it keeps it.')
		.requiredOption('--product <slug>', 'the product, such as erp')
		.requiredOption('--plan <slug>', 'the plan, such as business')
		.action((options: { product: string; plan: string }) =>
			onPortal(async () => {
				await withSystem('evolve plan retire', (scope) => retirePlan(scope, options));
			})
		);
	addPlanVersion(plan);
}

function bytes(words: string): bigint {
	if (!/^\d{1,18}$/.test(words)) throw new InvalidArgumentError('It must be a number of bytes.');
	return BigInt(words);
}
