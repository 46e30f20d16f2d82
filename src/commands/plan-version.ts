import { Option, type Command } from 'commander';
import { changeWords } from '#lib/format/plan-changes.ts';
import { planWords } from '#lib/format/prices.ts';
import {
	listPlanVersions,
	readProduct,
	savePlanVersion,
	type ListedVersion
} from '#server/modules/catalogue/index.ts';
import { intervals } from '#server/modules/rating/index.ts';
import { listMeters } from '#server/modules/usage/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { notEmpty, onPortal, tell, wholeNumber } from './command.ts';
import { readJsonFile } from './json-file.ts';

interface Options {
	product: string;
	plan: string;
	file?: string;
	name?: string;
	interval?: (typeof intervals)[number];
	arrears?: true;
	currency?: string;
	trialDays?: number;
	note?: string;
	onOffer: string;
}

export function addPlanVersion(plan: Command): void {
	const version = plan
		.command('version')
		.description('What a plan asks, version by version. One on offer never changes.');
	version
		.command('save')
		.description('Say what a plan asks from now or a day on. Tells the version and what changed.')
		.requiredOption('--product <slug>', 'the product, such as sacco')
		.requiredOption('--plan <slug>', 'the plan, such as growth')
		.option('--file <path>', 'a JSON file with its terms and prices; - reads standard input')
		.option('--name <name>', 'what a new plan is called', notEmpty)
		.addOption(new Option('--interval <interval>', 'how often it is asked').choices(intervals))
		.option('--arrears', 'ask for a period when it is over')
		.option('--currency <code>', 'by ISO 4217, such as KES')
		.option('--trial-days <days>', 'how long it can be tried first', wholeNumber)
		.option('--note <words>', 'why, for the vendor’s own eyes')
		.option('--on-offer <when>', '`now`, `draft`, or a day and a time to come', 'now')
		.addHelpText(
			'after',
			'\nWhat is not given stays as the version before says it; prices are given all together. docs/prices.md says what the file holds.'
		)
		.action((options: Options) => onPortal(() => save(options)));
	version
		.command('list')
		.description('All versions of the plans of a product, the newest first.')
		.requiredOption('--product <slug>', 'the product, such as sacco')
		.option('--plan <slug>', 'only this plan')
		.action((options: { product: string; plan?: string }) =>
			onPortal(async () => {
				const plans = await withSystem('evolve plan version list', (scope) =>
					listPlanVersions(scope, { product: options.product })
				);
				for (const { slug, versions } of plans) {
					if (options.plan !== undefined && options.plan !== slug) continue;
					for (const [index, version] of versions.entries())
						tellVersion(slug, version, versions[index + 1]);
				}
			})
		);
}

async function save({ file, onOffer, arrears, product, plan, ...options }: Options): Promise<void> {
	const written = file === undefined ? {} : await readTerms(file);
	const { version, plans } = await withSystem('evolve plan version save', async (scope) => {
		const { id } = await readProduct(scope, { slug: product });
		const meters = (await listMeters(scope, {})).filter(({ productId }) => productId === id);
		const saved = await savePlanVersion(scope, {
			...written,
			...options,
			...(arrears ? { inAdvance: false } : {}),
			product,
			plan,
			onOfferFrom: onOffer,
			meters: meters.map(({ slug }) => slug)
		});
		return { ...saved, plans: await listPlanVersions(scope, { product }) };
	});
	const versions = plans.find(({ slug }) => slug === plan)?.versions ?? [];
	const at = versions.findIndex((each) => each.version === version);
	const saved = versions[at];
	if (saved) tellVersion(plan, saved, versions[at + 1]);
}

/** What the file says of a plan. */
async function readTerms(path: string): Promise<object> {
	const terms = await readJsonFile(path);
	const { includedBytes, ...rest } = terms as { includedBytes?: unknown };
	const whole = typeof includedBytes === 'number' && Number.isSafeInteger(includedBytes);
	return {
		...rest,
		...(includedBytes === undefined
			? {}
			: { includedBytes: whole ? BigInt(includedBytes) : includedBytes })
	};
}

function tellVersion(plan: string, version: ListedVersion, before?: ListedVersion): void {
	const from = version.onOfferFrom ? ` from ${version.onOfferFrom.toISOString()}` : '';
	tell(`${plan} version ${version.version}  ${version.standing}${from}`);
	tell(`  ${planWords(version.prices, version)}`);
	for (const change of version.changes ?? [])
		tell(`  - ${changeWords(change, before ?? version, version)}`);
}
