import { choice, FormProblem, phone, text } from '../framework/application.ts';
import type { Action, Page, View } from '../framework/application.ts';
import { form, input, jump, phoneField, select } from '../framework/forms.ts';
import { day, html, money, type Html } from '../framework/html.ts';
import { facts, list } from '../framework/lists.ts';
import { nameOf, newest, orderName, type Book, type Order } from './book.ts';
import { addSupplier, order, receive, sell, settleOrder } from './deeds.ts';
import { goodsFields, readGoods, readGoodsInStock, supplierNames } from './stock.ts';

const buying = ['manager', 'buyer'] as const;

const stateWords: Record<Order['state'], string> = {
	asked: 'Waits for approval',
	sent: 'On its way',
	received: 'Received',
	cancelled: 'Cancelled'
};

const linked = ({ number }: Order): Html =>
	html`<a href="/purchases/orders/${orderName(number)}">${orderName(number)}</a>`;

function showOrders(view: View<Book>): Html {
	const { book } = view;
	return html`${jump(view, 'order', 'New order')}
		<div class="columns">
			${list(view, {
				caption: 'Orders to suppliers',
				one: 'order',
				columns: ['Number', 'Date', 'Item', 'Supplier', 'Quantity#', 'State'],
				rows: newest(book.orders),
				words: ({ number, itemId, supplier }) =>
					`${orderName(number)} ${nameOf(book, itemId)} ${supplier}`,
				filters: [
					{ name: 'asked', words: 'To approve', keeps: ({ state }) => state === 'asked' },
					{ name: 'sent', words: 'On their way', keeps: ({ state }) => state === 'sent' }
				],
				cells: (row) => [
					linked(row),
					day(row.at),
					nameOf(book, row.itemId),
					row.supplier,
					row.quantity,
					stateWords[row.state]
				],
				empty: 'Nothing has been ordered yet.'
			})}
			${form(
				view,
				'order',
				{ heading: 'New order', submit: 'Ask for approval', note: 'A manager approves it.' },
				[...goodsFields(book), select('supplier', 'Supplier', supplierNames(book))]
			)}
		</div>`;
}

const findOrder = ({ book, id }: View<Book>): Order | undefined =>
	book.orders.find(({ number }) => orderName(number) === id);

function showOrder(view: View<Book>): Html | undefined {
	const found = findOrder(view);
	if (!found) return undefined;
	const name = orderName(found.number);
	return html`${facts({
			State: stateWords[found.state],
			Item: nameOf(view.book, found.itemId),
			Quantity: found.quantity,
			Supplier: found.supplier,
			'Asked for': html`${day(found.at)} by ${found.by}`
		})}
		<div class="actions">
			${
				found.state === 'asked' && [
					form(view, 'approve', {
						heading: 'Approval',
						submit: `Approve ${name}`,
						note: `It is sent to ${found.supplier} at once.`
					}),
					form(view, 'cancel', {
						heading: 'Not needed',
						submit: `Cancel ${name}`,
						note: 'It stays in the list as cancelled.',
						quiet: true
					})
				]
			}
			${
				found.state === 'sent' &&
				form(view, 'receive', {
					heading: 'It has come',
					submit: `Receive ${found.quantity}`,
					note: `${found.quantity} × ${nameOf(view.book, found.itemId)} go into stock.`
				})
			}
		</div>`;
}

/** An action on the order of the page, which must still be in this state. */
function onOrder(
	roles: readonly string[],
	what: string,
	from: Order['state'],
	act: (order: Order, book: Book, now: Date) => ReturnType<typeof settleOrder>
): Action<Book> {
	return {
		roles,
		what,
		act(book, _fields, view) {
			const found = findOrder(view);
			if (found?.state !== from)
				throw new FormProblem({ '': 'Somebody has done something with it meanwhile.' });
			return act(found, book, view.now);
		}
	};
}

function showSuppliers(view: View<Book>): Html {
	const { book } = view;
	const open = (name: string): number =>
		book.orders.filter(({ supplier, state }) => supplier === name && state === 'sent').length;
	return html`${jump(view, 'add', 'New supplier')}
		<div class="columns">
			${list(view, {
				caption: 'Suppliers',
				one: 'supplier',
				columns: ['Name', 'Phone', 'Orders on their way#'],
				rows: book.suppliers,
				words: (row) => `${row.name} ${row.phone}`,
				cells: (row) => [row.name, row.phone, open(row.name)],
				empty: 'No suppliers yet. Orders need one.'
			})}
			${form(view, 'add', { heading: 'New supplier', submit: 'Add supplier' }, [
				input('name', 'Name'),
				phoneField('phone', 'Phone')
			])}
		</div>`;
}

function showInvoices(view: View<Book>): Html {
	const { book } = view;
	return html`${jump(view, 'sell', 'New invoice')}
		<div class="columns">
			${list(view, {
				caption: 'Sales invoices',
				one: 'invoice',
				columns: ['Number', 'Date', 'Customer', 'Item', 'Amount#'],
				rows: newest(book.invoices),
				words: ({ number, customer, itemId }) => `${number} ${customer} ${nameOf(book, itemId)}`,
				cells: (row) => [
					row.number,
					day(row.at),
					row.customer,
					`${row.quantity} × ${nameOf(book, row.itemId)}`,
					money(row.amount)
				],
				empty: 'Nothing has been sold yet.'
			})}
			${form(
				view,
				'sell',
				{ heading: 'New invoice', submit: 'Issue invoice', note: 'It goes to eTIMS at once.' },
				[input('customer', 'Customer'), ...goodsFields(book)]
			)}
		</div>`;
}

export const tradePages: Page<Book>[] = [
	{
		path: '/purchases/orders',
		label: 'Purchases › Orders',
		nav: 'Purchases › Orders',
		show: showOrders,
		actions: {
			order: {
				roles: buying,
				what: 'ask for orders',
				act(book, fields, { now, person }) {
					const wanted = readGoods(book, fields);
					const supplier = choice(fields, 'supplier', 'who is to supply it', supplierNames(book));
					return order(book, wanted, supplier.name, person.name, now);
				}
			}
		}
	},
	{
		path: '/purchases/orders/:id',
		label: ({ id }) => `Purchases › ${id}`,
		show: showOrder,
		actions: {
			approve: onOrder(['manager'], 'approve orders', 'asked', (found) =>
				settleOrder(found, 'sent')
			),
			cancel: onOrder(buying, 'cancel orders', 'asked', (found) => settleOrder(found, 'cancelled')),
			receive: onOrder(
				['manager', 'storekeeper', 'buyer'],
				'receive goods',
				'sent',
				(found, book, now) => {
					const item = book.items.find(({ id }) => id === found.itemId);
					if (!item) throw new FormProblem({ '': 'Its item is no longer in the list.' });
					const { quantity, supplier } = found;
					return receive(book, { item, quantity }, { supplier, order: found }, now);
				}
			)
		}
	},
	{
		path: '/purchases/suppliers',
		label: 'Purchases › Suppliers',
		nav: 'Purchases › Suppliers',
		show: showSuppliers,
		actions: {
			add: {
				roles: buying,
				what: 'add suppliers',
				act(book, fields) {
					const name = text(fields, 'name', 'the name of the supplier');
					if (book.suppliers.some((each) => each.name.toLowerCase() === name.toLowerCase()))
						throw new FormProblem({ name: 'There is a supplier of this name already.' });
					return addSupplier(book, name, phone(fields, 'phone'));
				}
			}
		}
	},
	{
		path: '/sales/invoices',
		label: 'Sales › Invoices',
		nav: 'Sales › Invoices',
		show: showInvoices,
		actions: {
			sell: {
				roles: ['manager', 'sales'],
				what: 'issue invoices',
				act(book, fields, { now }) {
					const customer = text(fields, 'customer', 'the customer');
					return sell(book, readGoodsInStock(book, fields), customer, now);
				}
			}
		}
	}
];
