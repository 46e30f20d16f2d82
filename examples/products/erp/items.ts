import { FormProblem, text, whole } from '../framework/application.ts';
import type { Page, View } from '../framework/application.ts';
import { form, input, jump, number } from '../framework/forms.ts';
import { day, html, money, type Html } from '../framework/html.ts';
import { facts, list, table } from '../framework/lists.ts';
import { isLow, type Book, type Item } from './book.ts';
import { addItem, changeItem, movementsOf } from './deeds.ts';

const storing = ['manager', 'storekeeper'] as const;

const level = (item: Item): Html | number =>
	isLow(item) ? html`<span class="low">${item.onHand}, reorder</span>` : item.onHand;

const linked = ({ id, name }: Item): Html => html`<a href="/stock/items/${id}">${name}</a>`;

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

export const itemPages: Page<Book>[] = [
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
	}
];
