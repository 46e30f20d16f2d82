import type { Deed } from '../framework/application.ts';
import type { Chance } from '../framework/chance.ts';
import { money } from '../framework/html.ts';

export interface Item {
	id: string;
	name: string;
	unit: string;
	price: number;
	onHand: number;
	reorderAt: number;
}

export interface Order {
	number: number;
	at: string;
	itemId: string;
	quantity: number;
	supplier: string;
	received: boolean;
}

export interface Receipt {
	number: number;
	at: string;
	itemId: string;
	quantity: number;
	supplier: string;
}

export interface Invoice {
	number: number;
	at: string;
	customer: string;
	itemId: string;
	quantity: number;
	amount: number;
}

export interface Book {
	items: Item[];
	orders: Order[];
	receipts: Receipt[];
	invoices: Invoice[];
}

const goods: [name: string, unit: string, price: number][] = [
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
const suppliers = [
	'Rift Millers',
	'Kabras Stores',
	'Thika Oils',
	'Nakuru Depot',
	'Coast Importers'
];
const customers = [
	'Uhuru Supermarket',
	'Baraka Shop',
	'Githurai Wholesalers',
	'Amani School',
	'Jirani Mart',
	'Neema Hotel'
];

/** Numbers begin here, a series for each kind of paper. */
const first = { order: 101, receipt: 4_001, invoice: 9_001 };

/** Every row of the book is a record, which is what the portal counts. */
export const countRecords = ({ items, orders, receipts, invoices }: Book): number =>
	items.length + orders.length + receipts.length + invoices.length;

export function begin(records: number, chance: Chance, now: Date): Book {
	const items = goods
		.slice(0, Math.max(1, Math.floor(records / 8)))
		.map(([name, unit, price], n): Item => ({
			id: `item-${n + 1}`,
			name,
			unit,
			price,
			onHand: chance.between(20, 240),
			reorderAt: chance.pick([20, 30, 40])
		}));
	const rest = Math.max(0, records - items.length);
	const [ordered, received] = [Math.floor(rest * 0.2), Math.floor(rest * 0.3)];
	// Half a year of trade, evenly told.
	const told = <Row>(many: number, row: (n: number, at: string) => Row): Row[] =>
		Array.from({ length: many }, (_, n) =>
			row(n, new Date(now.getTime() - ((many - n) / many) * 180 * 86_400_000).toISOString())
		);
	return {
		items,
		orders: told(ordered, (n, at) => ({
			number: first.order + n,
			at,
			itemId: chance.pick(items).id,
			quantity: chance.between(20, 90),
			supplier: chance.pick(suppliers),
			received: n < ordered - 3
		})),
		receipts: told(received, (n, at) => ({
			number: first.receipt + n,
			at,
			itemId: chance.pick(items).id,
			quantity: chance.between(5, 80),
			supplier: chance.pick(suppliers)
		})),
		invoices: told(rest - ordered - received, (n, at) => {
			const item = chance.pick(items);
			const quantity = chance.between(1, 30);
			return {
				number: first.invoice + n,
				at,
				customer: chance.pick(customers),
				itemId: item.id,
				quantity,
				amount: quantity * item.price
			};
		})
	};
}

export const nameOf = (book: Book, itemId: string): string =>
	book.items.find(({ id }) => id === itemId)?.name ?? itemId;

const nextNumber = (rows: { number: number }[], from: number): number =>
	Math.max(from - 1, ...rows.map(({ number }) => number)) + 1;

export function addItem(book: Book, name: string, unit: string, price: number): Deed {
	const id = `item-${book.items.length + 1}`;
	book.items.push({ id, name, unit, price, onHand: 0, reorderAt: 20 });
	return {
		done: `${name} is added. Receive some to have it in stock.`,
		what: `added the item ${name}`,
		where: 'Stock',
		path: '/stock'
	};
}

interface Goods {
	item: Item;
	quantity: number;
}

export function order(book: Book, { item, quantity }: Goods, supplier: string, now: Date): Deed {
	const number = nextNumber(book.orders, first.order);
	const at = now.toISOString();
	book.orders.push({ number, at, itemId: item.id, quantity, supplier, received: false });
	return {
		done: `Order PO-0${number} is sent to ${supplier}.`,
		what: `ordered ${quantity} × ${item.name} from ${supplier}`,
		where: 'Purchases › Orders',
		path: '/purchases/orders'
	};
}

export function receive(book: Book, { item, quantity }: Goods, supplier: string, now: Date): Deed {
	const number = nextNumber(book.receipts, first.receipt);
	item.onHand += quantity;
	book.receipts.push({ number, at: now.toISOString(), itemId: item.id, quantity, supplier });
	const awaited = book.orders.find(({ itemId, received }) => itemId === item.id && !received);
	if (awaited) awaited.received = true;
	return {
		done: `Receipt ${number} is saved: ${item.onHand} of ${item.name} on hand.`,
		what: `received ${quantity} × ${item.name} from ${supplier}`,
		where: 'Stock › Receipts',
		path: '/stock/receipts'
	};
}

export function sell(book: Book, { item, quantity }: Goods, customer: string, now: Date): Deed {
	const number = nextNumber(book.invoices, first.invoice);
	const amount = quantity * item.price;
	const at = now.toISOString();
	item.onHand -= quantity;
	book.invoices.push({ number, at, customer, itemId: item.id, quantity, amount });
	return {
		done: `Invoice ${number} over ${money(amount)} is issued and sent to eTIMS.`,
		what: `issued invoice ${number} to ${customer}`,
		where: 'Sales › Invoices',
		path: '/sales/invoices',
		usage: [{ type: 'etims.transmitted', data: { count: 1 } }]
	};
}

/** What somebody at the counter or in the store does next. */
export function work(book: Book, chance: Chance, now: Date): Deed {
	const item = chance.pick(book.items);
	if (item.onHand > item.reorderAt) {
		const quantity = chance.between(1, Math.min(6, item.onHand));
		return sell(book, { item, quantity }, chance.pick(customers), now);
	}
	return receive(book, { item, quantity: chance.between(20, 60) }, chance.pick(suppliers), now);
}
