import type { Chance } from './chance.ts';
import type { Html } from './html.ts';

/** Who is signed in, as the ID token tells. */
export interface Person {
	sub: string;
	name: string;
	email: string;
	/** The role that the portal gives the person in this product. */
	role: string;
	business: Business;
}

export interface Business {
	id: string;
	name: string;
}

/** What somebody did: told to the person, and reported to the portal. */
export interface Deed {
	/** Told to the person who did it: `Receipt 4011 is saved.` */
	done: string;
	/** Follows the name in the portal's feed: `received 40 bags of maize flour`. */
	what: string;
	/** Where, outermost first, and the path of it. */
	where: string;
	path: string;
	/** Usage besides what every deed brings: the end of an event's type, and its data. */
	usage?: { type: string; data: Record<string, unknown> }[];
}

/** A form that cannot be taken as it is: words beside the fields. */
export class FormProblem extends Error {
	readonly fields: Record<string, string>;
	constructor(fields: Record<string, string>) {
		super(Object.values(fields).join(' '));
		this.fields = fields;
	}
}

export interface View<Book> {
	book: Book;
	person: Person;
	query: URLSearchParams;
	/** The part of the address that stands for `:id` in the page's path. */
	id: string;
	/** What was typed, and what is wrong with it, after a refused form. */
	values: Record<string, string>;
	problems: Record<string, string>;
	now: Date;
}

export interface Page<Book> {
	/** `/stock/receipts`, or with one part left open: `/pay-runs/:id`. */
	path: string;
	/** Where one is, as the portal shows it: `Stock › Receipts`. */
	label: string | ((view: View<Book>) => string);
	/** Its word in the navigation; without one it is reached from other pages. */
	nav?: string;
	/** Undefined when there is no such thing. */
	show(view: View<Book>): Html | undefined;
	/** Takes the page's form. @throws FormProblem */
	act?(book: Book, fields: Record<string, string>, view: View<Book>): Deed;
}

/** One product: a book for each business, pages that show and change it. */
export interface Application<Book> {
	slug: string;
	name: string;
	/** The book of a business that is new here, with so many of what the product counts. */
	begin(count: number, chance: Chance, now: Date): Book;
	/** The product's own figure: records, members, employees. */
	count(book: Book): number;
	/** The end of the type of event that carries it: `records.counted`. */
	counted: string;
	pages: Page<Book>[];
	/** Something small that somebody does by themselves; null when nothing comes to mind. */
	work(book: Book, chance: Chance, now: Date): Deed | null;
}

/** A text field that must hold something. */
export function text(fields: Record<string, string>, name: string, what: string): string {
	const value = fields[name]?.trim() ?? '';
	if (value === '') throw new FormProblem({ [name]: `Write ${what}.` });
	if (value.length > 80) throw new FormProblem({ [name]: 'At most 80 characters.' });
	return value;
}

/** A field that must hold a whole number within bounds. */
export function whole(
	fields: Record<string, string>,
	name: string,
	what: string,
	{ low = 1, high = 10_000_000 } = {}
): number {
	const value = Number((fields[name] ?? '').replaceAll(/[,\s]/g, '') || Number.NaN);
	if (!Number.isInteger(value) || value < low || value > high) {
		const bounds = `from ${low.toLocaleString('en-KE')} to ${high.toLocaleString('en-KE')}`;
		throw new FormProblem({ [name]: `Write ${what} as a whole number ${bounds}.` });
	}
	return value;
}

/** A field that must hold one of the choices. */
export function choice<T extends { id: string }>(
	fields: Record<string, string>,
	name: string,
	what: string,
	from: T[]
): T {
	const chosen = from.find(({ id }) => id === fields[name]);
	if (!chosen) throw new FormProblem({ [name]: `Choose ${what}.` });
	return chosen;
}
