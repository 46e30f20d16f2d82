import type { Chance } from '../framework/chance.ts';

const firstNames = [
	'Halima',
	'Joseph',
	'Fatuma',
	'Peter',
	'Zawadi',
	'Ali',
	'Grace',
	'Hamisi',
	'Mercy',
	'Salim',
	'Rehema',
	'Daniel',
	'Mwanaisha',
	'Stephen',
	'Khadija',
	'Esther',
	'Bakari'
];
const lastNames = [
	'Mwakio',
	'Kazungu',
	'Charo',
	'Nyambu',
	'Omar',
	'Kahindi',
	'Mwangi',
	'Tsuma',
	'Karisa',
	'Wanje',
	'Abdalla',
	'Mutua'
];

/** Numbers that begin with 0700 0 are given to nobody. */
export const someone = (chance: Chance): { name: string; phone: string } => ({
	name: `${chance.pick(firstNames)} ${chance.pick(lastNames)}`,
	phone: `0700 0${chance.between(10, 99)} ${chance.between(100, 999)}`
});

export const purposes: readonly string[] = [
	'School fees',
	'Stock for a shop',
	'Building',
	'Farm inputs',
	'A motorcycle',
	'Medical bills'
];
