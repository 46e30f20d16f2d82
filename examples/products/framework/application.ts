import type { Chance } from './chance.ts';
import type { Html } from './html.ts';
import type { Sheet } from './sheets.ts';

/** Who is signed in, as the ID token tells. */
export interface Person {
	sub: string;
	name: string;
	email: string;
	/** The role that the portal gives the person in this product, or the product's own default. */
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

/** A form that cannot be taken as it is: words beside the fields; under `''` words about the whole. */
export class FormProblem extends Error {
	readonly fields: Record<string, string>;
	constructor(fields: Record<string, string>) {
		super(Object.values(fields).join(' '));
		this.fields = fields;
	}
}

/** A form that was sent and refused: what was typed, and what is wrong with it. */
export interface Refused {
	action: string;
	values: Record<string, string>;
	problems: Record<string, string>;
}

export interface View<Book> {
	book: Book;
	person: Person;
	query: URLSearchParams;
	path: string;
	/** The part of the address that stands for `:id` in the page's path. */
	id: string;
	refused: Refused | null;
	now: Date;
	/** Whether the person's role lets them do this action of the page. */
	may(action: string): boolean;
	/** Whether the subscription leaves room for it: a suspended one is for looking only. */
	isOpen(action: string): boolean;
	/** Whether the person's role shows them the page at this path. */
	sees(path: string): boolean;
}

/** Something that a form of a page does. */
export interface Action<Book> {
	/** The roles that may. */
	roles: readonly string[];
	/** Completes `You cannot …` in the words to somebody who may not: `approve orders`. */
	what: string;
	/** It changes nothing in the book, and is open to a suspended subscription too. */
	leavesBook?: boolean;
	/** @throws FormProblem */
	act(book: Book, fields: Record<string, string>, view: View<Book>): Deed;
}

export interface Page<Book> {
	/** `/stock/receipts`, or with its end left open: `/pay-runs/:id`. */
	path: string;
	/** Where one is, as the portal shows it: `Stock › Receipts`. */
	label: string | ((view: View<Book>) => string);
	/** Its place in the navigation: `Stock › Receipts`; without one it is reached from other pages. */
	nav?: string;
	/** Nobody works here, and no launch lands here. */
	isAside?: boolean;
	/** The roles that see it; without them everybody does. */
	roles?: readonly string[];
	/** Undefined when there is no such thing. */
	show(view: View<Book>): Html | undefined;
	actions?: Record<string, Action<Book>>;
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
	/** What a business can take with it, by kind; `everything` is all of them. */
	sheets: Record<string, (book: Book) => Sheet[]>;
	/** The roles that may ask for exports here and fetch them. */
	exporters: readonly string[];
	/** Something small that somebody in this role does by themselves; null when nothing comes to mind. */
	work(book: Book, role: string, chance: Chance, now: Date): Deed | null;
}

/** A text field that must hold something. */
export function text(
	fields: Record<string, string>,
	name: string,
	what: string,
	longest = 80
): string {
	const value = fields[name]?.trim() ?? '';
	if (value === '') throw new FormProblem({ [name]: `Write ${what}.` });
	if (value.length > longest) throw new FormProblem({ [name]: `At most ${longest} characters.` });
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
	from: readonly T[]
): T {
	const chosen = from.find(({ id }) => id === fields[name]);
	if (!chosen) throw new FormProblem({ [name]: `Choose ${what}.` });
	return chosen;
}

/** A field that must hold a day, as date fields send it: `2026-11-22`. */
export function civilDay(fields: Record<string, string>, name: string, what: string): string {
	const value = fields[name]?.trim() ?? '';
	const at = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : null;
	// A 31 June would come back as 1 July.
	if (!at || Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== value)
		throw new FormProblem({ [name]: `Write ${what} as a day, such as 2026-11-22.` });
	return value;
}

/** A field that must hold a Kenyan mobile number. */
export function phone(fields: Record<string, string>, name: string): string {
	const value = text(fields, name, 'a phone number');
	if (!/^(\+254|0)[17]\d{8}$/.test(value.replaceAll(/\s/g, '')))
		throw new FormProblem({ [name]: 'Write a Kenyan mobile number, such as 0712 345 678.' });
	return value;
}
