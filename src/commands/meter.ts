import { InvalidArgumentError, Option, type Command } from 'commander';
import {
	changeMeter,
	defineMeter,
	recountMeter,
	type Aggregation,
	type Unit
} from '#server/modules/usage/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { openQueue } from '#server/platform/jobs.ts';
import { notEmpty, onPortal, several, tell } from './command.ts';

const aggregations: Aggregation[] = ['count', 'sum', 'max', 'latest', 'unique', 'weighted'];
const units: Unit[] = ['count', 'bytes', 'hours', 'money', 'people'];

interface ChangeOptions {
	product: string;
	slug: string;
	eventType?: string;
	aggregation?: Aggregation;
	property?: string;
	unit?: Unit;
	dimension?: string[];
}

interface MeterOptions {
	product: string;
	slug: string;
	name: string;
	eventType: string;
	aggregation: Aggregation;
	property?: string;
	unit: Unit;
	dimension?: string[];
}

export function addMeter(program: Command): void {
	const meter = program.command('meter').description('What is counted of the events of products.');
	meter
		.command('define')
		.description(
			'Make a meter, or rename the one there is. What it counts is changed by `meter change`.'
		)
		.requiredOption('--product <slug>', 'the product, such as erp')
		.requiredOption('--slug <slug>', 'the meter, such as orders')
		.requiredOption('--name <name>', 'what it is called', notEmpty)
		.requiredOption('--event-type <type>', 'the `type` of the events that it counts')
		.addOption(
			new Option('--aggregation <how>', 'how its figures come together')
				.choices(aggregations)
				.default('count')
		)
		.option('--property <name>', 'the property of the data that it reads; none where it counts')
		.addOption(
			new Option('--unit <unit>', 'what it is a number of').choices(units).default('count')
		)
		.option(
			'--dimension <name>',
			'a property that tells totals apart; give it again for more',
			several
		)
		.addHelpText(
			'after',
			'\n`weighted` is a level times the hours for which it holds, such as GB hours: each reading tells the level, which holds until the next one of the same dimension values.'
		)
		.action(({ property, dimension, ...meter }: MeterOptions) =>
			onPortal(async () => {
				await withSystem('evolve meter define', (scope) =>
					defineMeter(scope, {
						...meter,
						...(property === undefined ? {} : { valueProperty: property }),
						...(dimension === undefined ? {} : { dimensions: dimension })
					})
				);
			})
		);
	addChange(meter);
	addRecount(meter);
}

function addChange(meter: Command): void {
	meter
		.command('change')
		.description('Change what a meter counts, from the next full hour. Shows that hour.')
		.requiredOption('--product <slug>', 'the product, such as erp')
		.requiredOption('--slug <slug>', 'the meter, such as orders')
		.option('--event-type <type>', 'the `type` of the events that it counts')
		.addOption(
			new Option('--aggregation <how>', 'how its figures come together').choices(aggregations)
		)
		.option('--property <name>', 'the property that it reads; empty where it counts')
		.addOption(new Option('--unit <unit>', 'what it is a number of').choices(units))
		.option('--dimension <name>', 'all of them, one by one, or empty for none', several)
		.addHelpText(
			'after',
			'\nWhat is not given stays. Hours before keep what they say; `meter recount` counts them anew.'
		)
		.action(({ property, dimension, ...change }: ChangeOptions) =>
			onPortal(async () => {
				const { effectiveFrom } = await withSystem('evolve meter change', (scope) =>
					changeMeter(scope, {
						...change,
						...(property === undefined ? {} : { valueProperty: property || null }),
						...(dimension === undefined ? {} : { dimensions: dimension })
					})
				);
				tell(effectiveFrom.toISOString());
			})
		);
}

function addRecount(meter: Command): void {
	meter
		.command('recount')
		.description(
			'Count a meter anew, as its newest version says. The server does it, piece by piece.'
		)
		.requiredOption('--product <slug>', 'the product, such as erp')
		.requiredOption('--meter <slug>', 'the meter, such as orders')
		.requiredOption('--from <time>', 'from when on, such as 2026-11-01T00:00+03:00', toInstant)
		.action((options: { product: string; meter: string; from: Date }) =>
			onPortal(async () => {
				const leaveQueue = await openQueue();
				try {
					const { from } = await withSystem('evolve meter recount', (scope) =>
						recountMeter(scope, options)
					);
					tell(from.toISOString());
				} finally {
					await leaveQueue();
				}
				console.error('A running server begins within seconds; another when it starts.');
			})
		);
}

function toInstant(words: string): Date {
	const instant = new Date(words);
	if (!/T.*(Z|[+-]\d\d:\d\d)$/.test(words) || Number.isNaN(instant.getTime()))
		throw new InvalidArgumentError('Write a date, a time and its offset, or Z for UTC.');
	return instant;
}
