import type { Chance } from '../framework/chance.ts';

const firstNames = [
	'Achieng',
	'Brian',
	'Cynthia',
	'Dennis',
	'Faith',
	'George',
	'Irene',
	'Kevin',
	'Lilian',
	'Moses',
	'Njeri',
	'Oscar',
	'Purity',
	'Ruth',
	'Samuel',
	'Winnie'
];
const lastNames = [
	'Odhiambo',
	'Kiptoo',
	'Njoroge',
	'Barasa',
	'Chebet',
	'Kilonzo',
	'Wafula',
	'Muthoni',
	'Omondi',
	'Rotich'
];
const jobs: readonly [title: string, low: number, high: number][] = [
	['Cashier', 28_000, 38_000],
	['Storekeeper', 30_000, 42_000],
	['Driver', 32_000, 45_000],
	['Sales representative', 40_000, 65_000],
	['Accountant', 70_000, 120_000],
	['Branch manager', 95_000, 160_000]
];

export function someone(chance: Chance): { name: string; job: string; gross: number } {
	const [job, low, high] = chance.pick(jobs);
	return {
		name: `${chance.pick(firstNames)} ${chance.pick(lastNames)}`,
		job,
		gross: Math.round((low + chance.next() * (high - low)) / 500) * 500
	};
}
