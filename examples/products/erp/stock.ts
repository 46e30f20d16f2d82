import { choice, FormProblem, text, whole } from '../framework/application.ts';
import type { Page, View } from '../framework/application.ts';
import { form, input, jump, number, select } from '../framework/forms.ts';
import { day, html, money, type Html } from '../framework/html.ts';
import { facts, list, table } from '../framework/lists.ts';
import { isLow, nameOf, newest, type Book, type Item } from './book.ts';
import { addItem, adjust, changeItem, issue, movementsOf, receive } from './deeds.ts';

const storing = ['manager', 'storekeeper'] as const;
const receiving = ['manager', 'storekeeper', 'buyer'] as const;

const level = (item: Item): Html | number =>
	isLow(item) ? html`<span class="low">${item.onHand}, reorder</span>` : item.onHand;

const linked = ({ id, name }: Item): Html => html`<a href="/stock/items/${id}">${name}</a>`;

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

function showItems(view: View<Book>): Html {
	return html`${jump(view, 'add', 'New item')}
		<div class="columns">
			${list(view, {
				caption: 'Items on hand',
				one: 'item',
				columns: ['Item', 'Unit', 'Price#', 'On hand#'],
				rows: view.book.items,
				words: ({ name, unit }) => `${name} ${unit}`,
				filters: [{ name: 'low', words: 'To reorder', keeps: isLow }],
				cells: (item) => [linked(item), item.unit, money(item.price), level(item)],
				empty: 'No items yet. Add the first one.'
			})}
			${form(view, 'add', { heading: 'New item', submit: 'Add item' }, [
				input('name', 'Name'),
				input('unit', 'Unit', { hint: 'What it is sold by, such as bag' }),
				number('price', 'Price in shillings'),
				number('reorder', 'Reorder at', { value: 20 })
			])}
		</div>`;
}

const findItem = ({ book, id }: View<Book>): Item | undefined =>
	book.items.find((item) => item.id === id);

function showItem(view: View<Book>): Html | undefined {
	const item = findItem(view);
	if (!item) return undefined;
	const moved = movementsOf(view.book, item.id).slice(0, 12);
	return html`${facts({
			'On hand': level(item),
			Unit: item.unit,
			Price: money(item.price),
			'Reorder at': item.reorderAt
		})}
		<div class="columns">
			${
				moved.length > 0
					? table(
							'Latest movements',
							['Date', 'What', 'Change#'],
							moved.map(({ at, what, change }) => [
								day(at),
								what,
								change > 0 ? `+${change}` : String(change)
							])
						)
					: html`<p class="empty">Nothing has moved yet.</p>`
			}
			${form(view, 'change', { heading: 'Price and level', submit: 'Save' }, [
				number('price', 'Price in shillings', { value: item.price }),
				number('reorder', 'Reorder at', { value: item.reorderAt })
			])}
		</div>`;
}

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
		path: '/stock',
		label: 'Stock',
		nav: 'Stock › Items',
		show: showItems,
		actions: {
			add: {
				roles: storing,
				what: 'add items',
				act(book, fields) {
					const name = text(fields, 'name', 'the name of the item');
					if (book.items.some((item) => item.name.toLowerCase() === name.toLowerCase()))
						throw new FormProblem({ name: 'There is an item of this name already.' });
					return addItem(book, {
						name,
						unit: text(fields, 'unit', 'the unit it is sold by'),
						price: whole(fields, 'price', 'the price'),
						reorderAt: whole(fields, 'reorder', 'the level', { low: 0, high: 100_000 })
					});
				}
			}
		}
	},
	{
		path: '/stock/items/:id',
		label: (view) => `Stock › ${findItem(view)?.name ?? 'Item'}`,
		show: showItem,
		actions: {
			change: {
				roles: storing,
				what: 'change prices and levels',
				act(_book, fields, view) {
					const item = findItem(view);
					if (!item) throw new FormProblem({ '': 'There is no such item.' });
					const price = whole(fields, 'price', 'the price');
					return changeItem(
						item,
						price,
						whole(fields, 'reorder', 'the level', { low: 0, high: 100_000 })
					);
				}
			}
		}
	},
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
