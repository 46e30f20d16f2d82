import type { Deed } from '../framework/application.ts';
import type { Chance } from '../framework/chance.ts';
import { money } from '../framework/html.ts';
import { isLow, nextNumber, orderName, type Book, type Item, type Order } from './book.ts';
import { customers, departments } from './names.ts';

// What changes the book. Whoever calls has checked that it may be done.

export interface Goods {
	item: Item;
	quantity: number;
}

export function addItem(
	book: Book,
	item: Pick<Item, 'name' | 'unit' | 'price' | 'reorderAt'>
): Deed {
	book.items.push({ id: `item-${book.items.length + 1}`, ...item, onHand: 0 });
	return {
		done: `${item.name} is added. Receive some to have it in stock.`,
		what: `added the item ${item.name}`,
		where: 'Stock',
		path: '/stock'
	};
}

export function changeItem(item: Item, price: number, reorderAt: number): Deed {
	const words = price === item.price ? 'reorder level' : 'price';
	Object.assign(item, { price, reorderAt });
	return {
		done: `${item.name} is saved.`,
		what: `changed the ${words} of ${item.name}`,
		where: `Stock › ${item.name}`,
		path: `/stock/items/${item.id}`
	};
}

export function addSupplier(book: Book, name: string, phone: string): Deed {
	book.suppliers.push({ id: `supplier-${book.suppliers.length + 1}`, name, phone });
	return {
		done: `${name} can be ordered from.`,
		what: `added the supplier ${name}`,
		where: 'Purchases › Suppliers',
		path: '/purchases/suppliers'
	};
}

export function order(
	book: Book,
	{ item, quantity }: Goods,
	supplier: string,
	by: string,
	now: Date
): Deed {
	const number = nextNumber(book, 'orders');
	const at = now.toISOString();
	book.orders.push({ number, at, itemId: item.id, quantity, supplier, by, state: 'asked' });
	return {
		done: `Order ${orderName(number)} waits for approval.`,
		what: `asked for ${quantity} × ${item.name} from ${supplier}`,
		where: `Purchases › ${orderName(number)}`,
		path: `/purchases/orders/${orderName(number)}`
	};
}

export function settleOrder(order: Order, state: 'sent' | 'cancelled'): Deed {
	order.state = state;
	const name = orderName(order.number);
	return {
		done:
			state === 'sent' ? `${name} is approved and sent to ${order.supplier}.` : `${name} is off.`,
		what: state === 'sent' ? `approved order ${name}` : `cancelled order ${name}`,
		where: `Purchases › ${name}`,
		path: `/purchases/orders/${name}`
	};
}

/** What comes from a supplier, for an order or without one. */
export function receive(
	book: Book,
	{ item, quantity }: Goods,
	from: { supplier: string; order?: Order | undefined },
	now: Date
): Deed {
	const { supplier, order } = from;
	const number = nextNumber(book, 'receipts');
	item.onHand += quantity;
	const paper = { number, at: now.toISOString(), itemId: item.id, quantity, supplier };
	book.receipts.push(order ? { ...paper, order: order.number } : paper);
	if (order) order.state = 'received';
	return {
		done: `Receipt ${number} is saved: ${item.onHand} of ${item.name} on hand.`,
		what: `received ${quantity} × ${item.name} from ${supplier}`,
		where: 'Stock › Receipts',
		path: '/stock/receipts'
	};
}

export function issue(book: Book, { item, quantity }: Goods, to: string, now: Date): Deed {
	const number = nextNumber(book, 'issues');
	item.onHand -= quantity;
	book.issues.push({ number, at: now.toISOString(), itemId: item.id, quantity, to });
	return {
		done: `Issue ${number} is saved: ${item.onHand} of ${item.name} left.`,
		what: `issued ${quantity} × ${item.name} to ${to}`,
		where: 'Stock › Issues',
		path: '/stock/issues'
	};
}

export function adjust(book: Book, item: Item, counted: number, reason: string, now: Date): Deed {
	const number = nextNumber(book, 'adjustments');
	const quantity = counted - item.onHand;
	item.onHand = counted;
	book.adjustments.push({ number, at: now.toISOString(), itemId: item.id, quantity, reason });
	return {
		done: `${counted} of ${item.name} on hand now, ${Math.abs(quantity)} ${quantity < 0 ? 'less' : 'more'} than the book had.`,
		what: `counted ${item.name}: ${counted} on hand`,
		where: 'Stock › Counts',
		path: '/stock/counts'
	};
}

export function sell(book: Book, { item, quantity }: Goods, customer: string, now: Date): Deed {
	const number = nextNumber(book, 'invoices');
	const amount = quantity * item.price;
	item.onHand -= quantity;
	const paper = { number, at: now.toISOString(), itemId: item.id, quantity };
	book.invoices.push({ ...paper, customer, amount });
	return {
		done: `Invoice ${number} over ${money(amount)} is issued and sent to eTIMS.`,
		what: `issued invoice ${number} to ${customer}`,
		where: 'Sales › Invoices',
		path: '/sales/invoices',
		usage: [{ type: 'etims.transmitted', data: { count: 1 } }]
	};
}

/** What somebody in this role does next, at the counter, in the store or at the desk. */
export function work(book: Book, role: string, chance: Chance, now: Date): Deed | null {
	if (book.items.length === 0) return null;
	const item = chance.pick(book.items);
	const supplier = () => (book.suppliers.length > 0 ? chance.pick(book.suppliers).name : null);
	if (role === 'sales' || role === 'manager') {
		const most = Math.min(6, item.onHand);
		if (most === 0) return null;
		return sell(book, { item, quantity: chance.between(1, most) }, chance.pick(customers), now);
	}
	if (role === 'storekeeper') {
		const awaited = book.orders.find(({ state }) => state === 'sent');
		const ordered = awaited && book.items.find(({ id }) => id === awaited.itemId);
		if (awaited && ordered)
			return receive(
				book,
				{ item: ordered, quantity: awaited.quantity },
				{ supplier: awaited.supplier, order: awaited },
				now
			);
		if (!isLow(item))
			return issue(book, { item, quantity: chance.between(1, 3) }, chance.pick(departments), now);
		const from = supplier();
		if (!from) return null;
		return receive(book, { item, quantity: chance.between(20, 60) }, { supplier: from }, now);
	}
	if (role === 'buyer') {
		const low = book.items.find(isLow);
		const from = supplier();
		const asked = (itemId: string): boolean =>
			book.orders.some((each) => each.itemId === itemId && /asked|sent/.test(each.state));
		if (!low || !from || asked(low.id)) return null;
		return order(
			book,
			{ item: low, quantity: chance.between(20, 60) },
			from,
			'Purchases office',
			now
		);
	}
	return null;
}

/** What moved of one item, newest first, as its page tells it. */
export function movementsOf(
	book: Book,
	itemId: string
): { at: string; what: string; change: number }[] {
	const of = <Paper extends { itemId: string; at: string; quantity: number }>(
		papers: Paper[],
		sign: 1 | -1,
		what: (paper: Paper) => string
	) =>
		papers
			.filter((paper) => paper.itemId === itemId)
			.map((paper) => ({ at: paper.at, what: what(paper), change: sign * paper.quantity }));
	return [
		...of(book.receipts, 1, ({ number, supplier }) => `Receipt ${number} from ${supplier}`),
		...of(book.issues, -1, ({ number, to }) => `Issue ${number} to ${to}`),
		...of(book.adjustments, 1, ({ reason }) => `Count: ${reason}`),
		...of(book.invoices, -1, ({ number, customer }) => `Invoice ${number} to ${customer}`)
	].toSorted((one, other) => other.at.localeCompare(one.at));
}
