import type { Sheet } from '../framework/sheets.ts';
import { nameOf, orderName, type Book } from './book.ts';

const stock = (book: Book): Sheet[] => [
	{
		name: 'items',
		columns: ['item', 'unit', 'price_kes', 'on_hand', 'reorder_at'],
		rows: book.items.map(({ name, unit, price, onHand, reorderAt }) => [
			name,
			unit,
			price,
			onHand,
			reorderAt
		])
	},
	{
		name: 'movements',
		columns: ['kind', 'number', 'at', 'item', 'change', 'who_or_why'],
		rows: [
			...book.receipts.map((row) => ['receipt', row, row.quantity, row.supplier] as const),
			...book.issues.map((row) => ['issue', row, -row.quantity, row.to] as const),
			...book.adjustments.map((row) => ['count', row, row.quantity, row.reason] as const),
			...book.invoices.map((row) => ['invoice', row, -row.quantity, row.customer] as const)
		]
			.toSorted(([, one], [, other]) => one.at.localeCompare(other.at))
			.map(([kind, { number, at, itemId }, change, who]) => [
				kind,
				number,
				at,
				nameOf(book, itemId),
				change,
				who
			])
	}
];

const purchases = (book: Book): Sheet[] => [
	{
		name: 'suppliers',
		columns: ['supplier', 'phone'],
		rows: book.suppliers.map(({ name, phone }) => [name, phone])
	},
	{
		name: 'orders',
		columns: ['order', 'at', 'item', 'quantity', 'supplier', 'state', 'asked_by'],
		rows: book.orders.map(({ number, at, itemId, quantity, supplier, state, by }) => [
			orderName(number),
			at,
			nameOf(book, itemId),
			quantity,
			supplier,
			state,
			by
		])
	},
	{
		name: 'receipts',
		columns: ['receipt', 'at', 'item', 'quantity', 'supplier', 'order'],
		rows: book.receipts.map(({ number, at, itemId, quantity, supplier, order }) => [
			number,
			at,
			nameOf(book, itemId),
			quantity,
			supplier,
			order ? orderName(order) : ''
		])
	}
];

const sales = (book: Book): Sheet[] => [
	{
		name: 'invoices',
		columns: ['invoice', 'at', 'customer', 'item', 'quantity', 'amount_kes'],
		rows: book.invoices.map(({ number, at, customer, itemId, quantity, amount }) => [
			number,
			at,
			customer,
			nameOf(book, itemId),
			quantity,
			amount
		])
	}
];

export const sheets = {
	everything: (book: Book) => [...stock(book), ...purchases(book), ...sales(book)],
	stock,
	purchases,
	sales
};
