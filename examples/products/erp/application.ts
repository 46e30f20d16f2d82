import { choice, FormProblem, text, whole } from '../framework/application.ts';
import type { Application, View } from '../framework/application.ts';
import { day, html, money, type Html } from '../framework/html.ts';
import { field, figures, form, select, table } from '../framework/layout.ts';
import { addItem, begin, countRecords, nameOf, order, receive, sell, work } from './book.ts';
import type { Book, Item } from './book.ts';

const newest = <Row extends { number: number }>(rows: Row[], most = 50): Row[] =>
	rows.toSorted((one, other) => other.number - one.number).slice(0, most);

function showOverview({ book, now }: View<Book>): Html {
	const month = now.toISOString().slice(0, 7);
	const sold = book.invoices.filter(({ at }) => at.startsWith(month));
	const low = book.items.filter(({ onHand, reorderAt }) => onHand <= reorderAt);
	return html`${figures({
		Records: countRecords(book),
		'Items in stock': book.items.length,
		'Sold this month': money(sold.reduce((sum, { amount }) => sum + amount, 0)),
		'To reorder': low.length
	})}
	${table(
		'Latest invoices',
		['Number', 'Date', 'Customer', 'Amount#'],
		newest(book.invoices, 8).map(({ number, at, customer, amount }) => [
			number,
			day(at),
			customer,
			money(amount)
		])
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

function showOrders(view: View<Book>): Html {
	const { book } = view;
	return html`<div class="columns">
		${table(
			'Orders to suppliers',
			['Number', 'Date', 'Item', 'Supplier', 'Quantity#', 'State'],
			newest(book.orders).map(({ number, at, itemId, supplier, quantity, received }) => [
				`PO-0${number}`,
				day(at),
				nameOf(book, itemId),
				supplier,
				quantity,
				received ? 'Received' : 'On its way'
			])
		)}
		${form(view, 'New order', 'Send order', goodsFields(view, 'supplier', 'Supplier'))}
	</div>`;
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
		${form(view, 'Receive goods', 'Save receipt', goodsFields(view, 'supplier', 'Supplier'))}
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
		${form(view, 'New invoice', 'Issue invoice', goodsFields(view, 'customer', 'Customer'))}
	</div>`;
}

function showStockValue({ book }: View<Book>): Html {
	const value = ({ price, onHand }: Item): number => price * onHand;
	return html`${figures({
		'Value at selling prices': money(book.items.reduce((sum, item) => sum + value(item), 0)),
		Items: book.items.length
	})}
	${table(
		'By item, the dearest first',
		['Item', 'On hand#', 'Price#', 'Value#'],
		book.items
			.toSorted((one, other) => value(other) - value(one))
			.map((item) => [item.name, item.onHand, money(item.price), money(value(item))])
	)}`;
}

function goodsFields(view: View<Book>, who: string, label: string): Html[] {
	return [
		field(view, who, label),
		select(view, 'item', 'Item', view.book.items),
		field(view, 'quantity', 'Quantity', 'number')
	];
}

function readGoods(book: Book, fields: Record<string, string>, high = 100_000) {
	return {
		item: choice(fields, 'item', 'an item', book.items),
		quantity: whole(fields, 'quantity', 'the quantity', { high })
	};
}

export const erp: Application<Book> = {
	slug: 'erp',
	name: 'ERP System',
	counted: 'records.counted',
	begin,
	count: countRecords,
	work,
	pages: [
		{ path: '/', label: 'Overview', nav: 'Overview', show: showOverview },
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
				return sell(book, readGoods(book, fields, item.onHand), customer, now);
			}
		},
		{
			path: '/stock',
			label: 'Stock',
			nav: 'Stock',
			show: showStock,
			act(book, fields) {
				const name = text(fields, 'name', 'the name of the item');
				if (book.items.some((item) => item.name.toLowerCase() === name.toLowerCase()))
					throw new FormProblem({ name: 'There is an item of this name already.' });
				const unit = text(fields, 'unit', 'the unit it is sold in');
				return addItem(book, name, unit, whole(fields, 'price', 'the price'));
			}
		},
		{
			path: '/stock/receipts',
			label: 'Stock › Receipts',
			nav: 'Receipts',
			show: showReceipts,
			act(book, fields, { now }) {
				const supplier = text(fields, 'supplier', 'who supplied it');
				return receive(book, readGoods(book, fields), supplier, now);
			}
		},
		{
			path: '/purchases/orders',
			label: 'Purchases › Orders',
			nav: 'Orders',
			show: showOrders,
			act(book, fields, { now }) {
				const supplier = text(fields, 'supplier', 'who is to supply it');
				return order(book, readGoods(book, fields), supplier, now);
			}
		},
		{
			path: '/reports/stock-value',
			label: 'Reports › Stock value',
			nav: 'Stock value',
			show: showStockValue
		}
	]
};
