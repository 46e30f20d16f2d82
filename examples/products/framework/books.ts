import { mkdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Application, Business } from './application.ts';
import { chanceOf } from './chance.ts';

/** The books of all businesses, each apart; kept in one file so that they outlive a restart. */
export interface Books<Book> {
	/** The business's book. When it has none yet it begins empty, or with so many of what the product counts. */
	of(business: Business, count?: number): Book;
	/** The business holds so many bytes with the product as of now: papers and pictures besides its book. */
	holds(business: Business, bytes: number): void;
	/** How many bytes it holds: what it held, and what its book has grown by since. */
	bytes(business: Business): number;
	/** Keeps what has changed. */
	save(): void;
	/** Resolves when it is kept. */
	saved(): Promise<void>;
}

/** Of what make the books in the file are. Those of another are begun anew: they are samples. */
const make = 2;

interface Kept<Book> {
	make: number;
	books: [string, Book][];
}

export function openBooks<Book>(
	application: Application<Book>,
	file: string | undefined
): Books<Book> {
	const books = new Map<string, Book>(file ? read<Book>(file) : []);
	/** What businesses hold besides their books. */
	const besides = new Map<string, number>();
	let dirty = false;
	let writing: Promise<void> | null = null;

	const write = async (): Promise<void> => {
		while (dirty && file) {
			dirty = false;
			await writeFile(
				`${file}.new`,
				JSON.stringify({ make, books: [...books] } satisfies Kept<Book>),
				{ mode: 0o600 }
			);
			await rename(`${file}.new`, file);
		}
	};
	const save = (): void => {
		dirty = true;
		writing ??= write()
			.catch((error: unknown) => {
				console.error(`The books could not be kept in ${file}: ${(error as Error).message}`);
			})
			.finally(() => {
				writing = null;
			});
	};

	const of = (business: Business, count = 0): Book => {
		const known = books.get(business.id);
		if (known) return known;
		const seed = `${application.slug} ${business.name}`;
		const begun = application.begin(count, chanceOf(seed), new Date());
		books.set(business.id, begun);
		save();
		return begun;
	};
	const size = (business: Business): number => Buffer.byteLength(JSON.stringify(of(business)));

	return {
		of,
		holds(business, bytes) {
			besides.set(business.id, Math.max(0, bytes - size(business)));
		},
		bytes: (business) => size(business) + (besides.get(business.id) ?? 0),
		save,
		async saved() {
			while (writing) await writing;
		}
	};
}

function read<Book>(file: string): [string, Book][] {
	mkdirSync(dirname(file), { recursive: true });
	try {
		const kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<Kept<Book>>;
		return kept.make === make ? (kept.books ?? []) : [];
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
		throw new Error(`${file} does not hold books: remove it to begin anew.`, { cause: error });
	}
}
