import type { Chance } from '../framework/chance.ts';
import { customers, departments, goods, suppliers } from './names.ts';

export interface Item {
	id: string;
	name: string;
	unit: string;
	price: number;
	onHand: number;
	reorderAt: number;
}

export interface Supplier {
	id: string;
	name: string;
	phone: string;
}

interface Paper {
	number: number;
	at: string;
	itemId: string;
	quantity: number;
}

export interface Order extends Paper {
	supplier: string;
	/** It is asked for, then sent to the supplier once approved, then received; or it is cancelled. */
	state: 'asked' | 'sent' | 'received' | 'cancelled';
	by: string;
}

export interface Receipt extends Paper {
	supplier: string;
	/** The order it came for, if there was one. */
	order?: number;
}

export interface Issue extends Paper {
	to: string;
}

/** The stock was counted and differed by `quantity`, which may be below zero. */
export interface Adjustment extends Paper {
	reason: string;
}

export interface Invoice extends Paper {
	customer: string;
	amount: number;
}

export interface Book {
	items: Item[];
	suppliers: Supplier[];
	orders: Order[];
	receipts: Receipt[];
	issues: Issue[];
	adjustments: Adjustment[];
	invoices: Invoice[];
}

/** Numbers begin here, a series for each kind of paper. */
export const first = {
	orders: 101,
	receipts: 4_001,
	issues: 601,
	adjustments: 301,
	invoices: 9_001
};
export type Series = keyof typeof first;

export const nextNumber = (book: Book, series: Series): number =>
	Math.max(first[series] - 1, ...book[series].map(({ number }) => number)) + 1;

export const orderName = (number: number): string => `PO-${String(number).padStart(4, '0')}`;

/** Every row of the book is a record, which is what the portal counts. */
export const countRecords = (book: Book): number =>
	Object.values(book).reduce((sum: number, rows: unknown[]) => sum + rows.length, 0);

export const nameOf = (book: Book, itemId: string): string =>
	book.items.find(({ id }) => id === itemId)?.name ?? itemId;

export const isLow = ({ onHand, reorderAt }: Item): boolean => onHand <= reorderAt;

export const newest = <Row extends { number: number }>(rows: readonly Row[]): Row[] =>
	rows.toSorted((one, other) => other.number - one.number);

/** A book of so many records in all: half a year of trade, evenly told. */
export function begin(records: number, chance: Chance, now: Date): Book {
	const items = goods.slice(0, Math.ceil(records / 8)).map(([name, unit, price], n): Item => ({
		id: `item-${n + 1}`,
		name,
		unit,
		price,
		onHand: chance.between(20, 240),
		reorderAt: chance.pick([20, 30, 40])
	}));
	let left = Math.max(0, records - items.length);
	const share = (part: number): number => {
		const taken = Math.min(left, Math.floor(records * part));
		left -= taken;
		return taken;
	};
	const known = suppliers
		.slice(0, Math.min(left, suppliers.length, Math.ceil(records / 20)))
		.map(([name, phone], n): Supplier => ({ id: `supplier-${n + 1}`, name, phone }));
	left -= known.length;
	const supplier = (): string => (known.length > 0 ? chance.pick(known).name : 'Rift Millers');
	const told = <Row>(series: Series, many: number, rest: (paper: Paper, n: number) => Row): Row[] =>
		Array.from({ length: many }, (_, n) => {
			const at = new Date(now.getTime() - ((many - n) / many) * 180 * 86_400_000).toISOString();
			const itemId = chance.pick(items).id;
			return rest({ number: first[series] + n, at, itemId, quantity: chance.between(5, 80) }, n);
		});
	const ordered = share(0.18);
	return {
		items,
		suppliers: known,
		orders: told('orders', ordered, (paper, n) => ({
			...paper,
			supplier: supplier(),
			by: 'Purchases office',
			state: n < ordered - 4 ? 'received' : n < ordered - 2 ? 'sent' : 'asked'
		})),
		receipts: told('receipts', share(0.26), (paper) => ({ ...paper, supplier: supplier() })),
		issues: told('issues', share(0.06), (paper) => ({ ...paper, to: chance.pick(departments) })),
		adjustments: told('adjustments', share(0.03), (paper) => ({
			...paper,
			quantity: -chance.between(1, 5),
			reason: 'Monthly count'
		})),
		invoices: told('invoices', left, (paper) => {
			const item = items.find(({ id }) => id === paper.itemId) as Item;
			const quantity = chance.between(1, 30);
			return {
				...paper,
				quantity,
				customer: chance.pick(customers),
				amount: quantity * item.price
			};
		})
	};
}
