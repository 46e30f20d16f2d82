import { choice, FormProblem, text, whole } from '../framework/application.ts';
import type { Page, View } from '../framework/application.ts';
import { form, input, jump, number, select } from '../framework/forms.ts';
import { day, html, type Html } from '../framework/html.ts';
import { list } from '../framework/lists.ts';
import { nameOf, newest, type Book } from './book.ts';
import { adjust, issue, receive } from './deeds.ts';

const storing = ['manager', 'storekeeper'] as const;
const receiving = ['manager', 'storekeeper', 'buyer'] as const;

export const goodsFields = (book: Book) => [
	select('item', 'Item', book.items),
	number('quantity', 'Quantity')
];

export function readGoods(book: Book, fields: Record<string, string>) {
	return {
		item: choice(fields, 'item', 'an item', book.items),
		quantity: whole(fields, 'quantity', 'the quantity', { high: 100_000 })
	};
}

/** Goods that leave the store: no more than there are. */
export function readGoodsInStock(book: Book, fields: Record<string, string>) {
	const item = choice(fields, 'item', 'an item', book.items);
	if (item.onHand === 0) throw new FormProblem({ item: `There is no ${item.name} in stock.` });
	return { item, quantity: whole(fields, 'quantity', 'the quantity', { high: item.onHand }) };
}

export const supplierNames = ({ suppliers }: Book) =>
	suppliers.map(({ name }) => ({ id: name, name }));

function showReceipts(view: View<Book>): Html {
	const { book } = view;
	return html`${jump(view, 'receive', 'Receive goods')}
		<div class="columns">
			${list(view, {
				caption: 'Goods received',
				one: 'receipt',
				columns: ['Number', 'Date', 'Item', 'Supplier', 'Quantity#'],
				rows: newest(book.receipts),
				words: ({ number: no, itemId, supplier }) => `${no} ${nameOf(book, itemId)} ${supplier}`,
				cells: (row) => [
					row.number,
					day(row.at),
					nameOf(book, row.itemId),
					row.supplier,
					row.quantity
				],
				empty: 'Nothing has been received yet.'
			})}
			${form(
				view,
				'receive',
				{
					heading: 'Receive goods',
					submit: 'Save receipt',
					note: 'What comes for an order is received on the order.'
				},
				[...goodsFields(book), select('supplier', 'Supplier', supplierNames(book))]
			)}
		</div>`;
}

function showIssues(view: View<Book>): Html {
	const { book } = view;
	return html`${jump(view, 'issue', 'Issue goods')}
		<div class="columns">
			${list(view, {
				caption: 'Goods issued',
				one: 'issue',
				columns: ['Number', 'Date', 'Item', 'To', 'Quantity#'],
				rows: newest(book.issues),
				words: ({ number: no, itemId, to }) => `${no} ${nameOf(book, itemId)} ${to}`,
				cells: (row) => [row.number, day(row.at), nameOf(book, row.itemId), row.to, row.quantity],
				empty: 'Nothing has been issued yet: goods that leave the store unsold stand here.'
			})}
			${form(view, 'issue', { heading: 'Issue goods', submit: 'Save issue' }, [
				...goodsFields(book),
				input('to', 'To', { hint: 'A branch, a kitchen, a vehicle' })
			])}
		</div>`;
}

function showCounts(view: View<Book>): Html {
	const { book } = view;
	return html`${jump(view, 'count', 'Enter a count')}
		<div class="columns">
			${list(view, {
				caption: 'Counts that differed',
				one: 'count',
				columns: ['Number', 'Date', 'Item', 'Reason', 'Change#'],
				rows: newest(book.adjustments),
				words: ({ number: no, itemId, reason }) => `${no} ${nameOf(book, itemId)} ${reason}`,
				cells: (row) => [
					row.number,
					day(row.at),
					nameOf(book, row.itemId),
					row.reason,
					row.quantity > 0 ? `+${row.quantity}` : String(row.quantity)
				],
				empty: 'No count has differed from the book yet.'
			})}
			${form(view, 'count', { heading: 'Enter a count', submit: 'Save count' }, [
				select('item', 'Item', book.items),
				number('counted', 'Counted'),
				input('reason', 'Reason', { hint: 'Such as monthly count, or damaged' })
			])}
		</div>`;
}

export const stockPages: Page<Book>[] = [
	{
		path: '/stock/receipts',
		label: 'Stock › Receipts',
		nav: 'Stock › Receipts',
		show: showReceipts,
		actions: {
			receive: {
				roles: receiving,
				what: 'receive goods',
				act(book, fields, { now }) {
					const taken = readGoods(book, fields);
					const supplier = choice(fields, 'supplier', 'who supplied it', supplierNames(book));
					return receive(book, taken, { supplier: supplier.name }, now);
				}
			}
		}
	},
	{
		path: '/stock/issues',
		label: 'Stock › Issues',
		nav: 'Stock › Issues',
		show: showIssues,
		actions: {
			issue: {
				roles: storing,
				what: 'issue goods',
				act(book, fields, { now }) {
					const taken = readGoodsInStock(book, fields);
					return issue(book, taken, text(fields, 'to', 'where it goes'), now);
				}
			}
		}
	},
	{
		path: '/stock/counts',
		label: 'Stock › Counts',
		nav: 'Stock › Counts',
		show: showCounts,
		actions: {
			count: {
				roles: storing,
				what: 'enter counts',
				act(book, fields, { now }) {
					const item = choice(fields, 'item', 'an item', book.items);
					const counted = whole(fields, 'counted', 'the count', { low: 0, high: 1_000_000 });
					const reason = text(fields, 'reason', 'why it was counted');
					if (counted === item.onHand)
						throw new FormProblem({ counted: 'That is what the book has: nothing to change.' });
					return adjust(book, item, counted, reason, now);
				}
			}
		}
	}
];
