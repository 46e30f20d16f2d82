import type { Application, View } from '../framework/application.ts';
import { day, html, money, type Html } from '../framework/html.ts';
import { figures, table } from '../framework/lists.ts';
import { begin, countRecords, isLow, newest, type Book, type Item } from './book.ts';
import { work } from './deeds.ts';
import { itemPages } from './items.ts';
import { sheets } from './sheets.ts';
import { stockPages } from './stock.ts';
import { tradePages } from './trade.ts';

function showOverview({ book, now, sees }: View<Book>): Html {
	const month = now.toISOString().slice(0, 7);
	const sold = book.invoices.filter(({ at }) => at.startsWith(month));
	const low = book.items.filter(isLow).length;
	const asked = book.orders.filter(({ state }) => state === 'asked').length;
	const latest = newest(book.invoices).slice(0, 6);
	return html`${figures({
			Records: countRecords(book),
			'Sold this month': money(sold.reduce((sum, { amount }) => sum + amount, 0)),
			'To reorder': html`<a href="/stock?show=low">${low}</a>`,
			'Orders to approve': html`<a href="/purchases/orders?show=asked">${asked}</a>`
		})}
		${
			latest.length > 0
				? table(
						'Latest invoices',
						['Number', 'Date', 'Customer', 'Amount#'],
						latest.map(({ number, at, customer, amount }) => [
							number,
							day(at),
							customer,
							money(amount)
						])
					)
				: html`<p class="empty">Nothing has been sold yet.</p>`
		}
		<p class="more">
			<a href="/sales/invoices">All invoices</a>
			${sees('/reports/stock-value') && html`<a href="/reports/stock-value">Value of the stock</a>`}
		</p>`;
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

export const erp: Application<Book> = {
	slug: 'erp',
	name: 'ERP System',
	counted: 'records.counted',
	begin,
	count: countRecords,
	work,
	sheets,
	exporters: ['manager'],
	pages: [
		{ path: '/', label: 'Overview', nav: 'Overview', show: showOverview },
		...itemPages,
		...stockPages,
		...tradePages,
		{
			path: '/reports/stock-value',
			label: 'Reports › Stock value',
			nav: 'Reports › Stock value',
			roles: ['manager', 'viewer'],
			show: showStockValue
		}
	]
};
