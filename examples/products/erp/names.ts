/** What a made-up trading company buys and sells. */
export const goods: readonly [name: string, unit: string, price: number][] = [
	['Maize flour 2 kg', 'bale', 1_560],
	['Wheat flour 2 kg', 'bale', 1_840],
	['Sugar 50 kg', 'bag', 6_900],
	['Cooking oil 20 l', 'jerrican', 4_350],
	['Rice, Mwea pishori 25 kg', 'bag', 4_800],
	['Tea leaves 500 g', 'carton', 3_900],
	['Beans, Nyayo 90 kg', 'bag', 11_200],
	['Salt 1 kg', 'bale', 640],
	['Bar soap 1 kg', 'carton', 2_150],
	['Washing powder 1 kg', 'carton', 2_980],
	['Milk, long life 500 ml', 'carton', 1_080],
	['Exercise books 96 pages', 'carton', 4_200],
	['Green grams 90 kg', 'bag', 12_400],
	['Mineral water 500 ml', 'carton', 540],
	['Toilet paper', 'bale', 1_250],
	['Cement 50 kg', 'bag', 780]
];

/** Numbers that begin with 0700 0 are given to nobody. */
export const suppliers: readonly [name: string, phone: string][] = [
	['Rift Millers', '0700 011 204'],
	['Kabras Stores', '0700 012 871'],
	['Thika Oils', '0700 013 550'],
	['Nakuru Depot', '0700 014 392'],
	['Coast Importers', '0700 015 716']
];

export const customers: readonly string[] = [
	'Uhuru Supermarket',
	'Baraka Shop',
	'Githurai Wholesalers',
	'Amani School',
	'Jirani Mart',
	'Neema Hotel'
];

export const departments: readonly string[] = ['Industrial Area store', 'Kitchen', 'Delivery van'];
