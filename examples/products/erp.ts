import {
	choice,
	FormProblem,
	text,
	whole,
	type Application,
	type Deed,
	type View
} from './framework/application.ts';
import type { Chance } from './framework/chance.ts';
import { day, html, money, type Html } from './framework/html.ts';
import { field, figures, form, select, table } from './framework/layout.ts';

interface Item {
	id: string;
	name: string;
	unit: string;
	price: number;
	onHand: number;
	reorderAt: number;
}

interface Receipt {
	number: number;
	at: string;
	itemId: string;
	quantity: number;
	supplier: string;
}

interface Invoice {
	number: number;
	at: string;
	customer: string;
	itemId: string;
	quantity: number;
	amount: number;
}

interface Book {
	items: Item[];
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

/** Every row of the book is a record, which is what the portal counts. */
const count = ({ items, receipts, invoices }: Book): number =>
	items.length + receipts.length + invoices.length;

function begin(records: number, chance: Chance, now: Date): Book {
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
	const received = Math.floor(rest * 0.4);
	// Half a year of trade, evenly told.
	const before = (n: number, of: number): string =>
		new Date(now.getTime() - ((of - n) / of) * 180 * 86_400_000).toISOString();
	return {
		items,
		receipts: Array.from({ length: received }, (_, n) => ({
			number: 4_001 + n,
			at: before(n, received),
			itemId: chance.pick(items).id,
			quantity: chance.between(5, 80),
			supplier: chance.pick(suppliers)
		})),
		invoices: Array.from({ length: rest - received }, (_, n) => {
			const item = chance.pick(items);
			const quantity = chance.between(1, 30);
			return {
				number: 9_001 + n,
				at: before(n, rest - received),
				customer: chance.pick(customers),
				itemId: item.id,
				quantity,
				amount: quantity * item.price
			};
		})
	};
}

const nameOf = (book: Book, itemId: string): string =>
	book.items.find(({ id }) => id === itemId)?.name ?? itemId;

const nextNumber = (rows: { number: number }[], first: number): number =>
	Math.max(first - 1, ...rows.map(({ number }) => number)) + 1;

function receive(book: Book, item: Item, quantity: number, supplier: string, now: Date): Deed {
	const number = nextNumber(book.receipts, 4_001);
	item.onHand += quantity;
	book.receipts.push({ number, at: now.toISOString(), itemId: item.id, quantity, supplier });
	return {
		done: `Receipt ${number} is saved: ${item.onHand} of ${item.name} on hand.`,
		what: `received ${quantity} × ${item.name} from ${supplier}`,
		where: 'Stock › Receipts',
		path: '/stock/receipts'
	};
}

function sell(book: Book, item: Item, quantity: number, customer: string, now: Date): Deed {
	const number = nextNumber(book.invoices, 9_001);
	const amount = quantity * item.price;
	item.onHand -= quantity;
	book.invoices.push({
		number,
		at: now.toISOString(),
		customer,
		itemId: item.id,
		quantity,
		amount
	});
	return {
		done: `Invoice ${number} over ${money(amount)} is issued and sent to eTIMS.`,
		what: `issued invoice ${number} to ${customer}`,
		where: 'Sales › Invoices',
		path: '/sales/invoices',
		usage: [{ type: 'etims.transmitted', data: { count: 1 } }]
	};
}

const newest = <Row extends { number: number }>(rows: Row[]): Row[] =>
	rows.toSorted((one, other) => other.number - one.number).slice(0, 50);

function showOverview({ book, now }: View<Book>): Html {
	const month = now.toISOString().slice(0, 7);
	const sold = book.invoices.filter(({ at }) => at.startsWith(month));
	const low = book.items.filter(({ onHand, reorderAt }) => onHand <= reorderAt);
	return html`${figures({
		Records: count(book),
		'Items in stock': book.items.length,
		'Sold this month': money(sold.reduce((sum, { amount }) => sum + amount, 0)),
		'To reorder': low.length
	})}
	${table(
		'Latest invoices',
		['Number', 'Date', 'Customer', 'Amount#'],
		newest(book.invoices)
			.slice(0, 8)
			.map(({ number, at, customer, amount }) => [number, day(at), customer, money(amount)])
	)}`;
}

function showStock(view: View<Book>): Html {
	return html`<div class="columns">
		${table(
			'Items on hand',
			['Item', 'Unit', 'Price#', 'On hand#'],
			view.book.items.map(({ name, unit, price, onHand, reorderAt }) => [
				name,
				unit,
				money(price),
				onHand <= reorderAt ? html`<span class="low">${onHand}, reorder</span>` : onHand
			])
		)}
		${form(view, 'New item', 'Add item', [
			field(view, 'name', 'Name'),
			field(view, 'unit', 'Unit, such as bag'),
			field(view, 'price', 'Price in shillings', 'number')
		])}
	</div>`;
}

function addItem(book: Book, fields: Record<string, string>): Deed {
	const name = text(fields, 'name', 'the name of the item');
	if (book.items.some((item) => item.name.toLowerCase() === name.toLowerCase()))
		throw new FormProblem({ name: 'There is an item of this name already.' });
	const unit = text(fields, 'unit', 'the unit it is sold in');
	const price = whole(fields, 'price', 'the price');
	const id = `item-${book.items.length + 1}`;
	book.items.push({ id, name, unit, price, onHand: 0, reorderAt: 20 });
	return {
		done: `${name} is added. Receive some to have it in stock.`,
		what: `added the item ${name}`,
		where: 'Stock',
		path: '/stock'
	};
}

function showReceipts(view: View<Book>): Html {
	const { book } = view;
	return html`<div class="columns">
		${table(
			'Goods received',
			['Number', 'Date', 'Item', 'Supplier', 'Quantity#'],
			newest(book.receipts).map(({ number, at, itemId, supplier, quantity }) => [
				number,
				day(at),
				nameOf(book, itemId),
				supplier,
				quantity
			])
		)}
		${form(view, 'Receive goods', 'Save receipt', [
			select(view, 'item', 'Item', book.items),
			field(view, 'quantity', 'Quantity', 'number'),
			field(view, 'supplier', 'Supplier')
		])}
	</div>`;
}

function showInvoices(view: View<Book>): Html {
	const { book } = view;
	return html`<div class="columns">
		${table(
			'Sales invoices',
			['Number', 'Date', 'Customer', 'Item', 'Amount#'],
			newest(book.invoices).map(({ number, at, customer, itemId, quantity, amount }) => [
				number,
				day(at),
				customer,
				`${quantity} × ${nameOf(book, itemId)}`,
				money(amount)
			])
		)}
		${form(view, 'New invoice', 'Issue invoice', [
			field(view, 'customer', 'Customer'),
			select(view, 'item', 'Item', book.items),
			field(view, 'quantity', 'Quantity', 'number')
		])}
	</div>`;
}

export const erp: Application<Book> = {
	slug: 'erp',
	name: 'ERP System',
	counted: 'records.counted',
	begin,
	count,
	pages: [
		{ path: '/', label: 'Overview', nav: 'Overview', show: showOverview },
		{ path: '/stock', label: 'Stock', nav: 'Stock', show: showStock, act: addItem },
		{
			path: '/stock/receipts',
			label: 'Stock › Receipts',
			nav: 'Receipts',
			show: showReceipts,
			act: (book, fields, { now }) =>
				receive(
					book,
					choice(fields, 'item', 'an item', book.items),
					whole(fields, 'quantity', 'the quantity', { high: 100_000 }),
					text(fields, 'supplier', 'who supplied it'),
					now
				)
		},
		{
			path: '/sales/invoices',
			label: 'Sales › Invoices',
			nav: 'Invoices',
			show: showInvoices,
			act(book, fields, { now }) {
				const customer = text(fields, 'customer', 'the customer');
				const item = choice(fields, 'item', 'an item', book.items);
				if (item.onHand === 0)
					throw new FormProblem({ item: `There is no ${item.name} in stock.` });
				const quantity = whole(fields, 'quantity', 'the quantity', { high: item.onHand });
				return sell(book, item, quantity, customer, now);
			}
		}
	],
	work(book, chance, now) {
		const item = chance.pick(book.items);
		if (item.onHand <= item.reorderAt)
			return receive(book, item, chance.between(20, 60), chance.pick(suppliers), now);
		return sell(book, item, chance.between(1, 6), chance.pick(customers), now);
	}
};
