import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as next } from 'node:timers/promises';
import type { Application, Business } from './application.ts';
import type { Books } from './books.ts';
import { fileOf, type SheetFile } from './sheets.ts';

/** One export: asked for in the portal or here, written in the background, kept for a week. */
export interface Export {
	/** Not to be guessed: it stands in the address of the file. */
	id: string;
	/** The portal's id, where it was asked for there. */
	asked: string | null;
	business: Business;
	kind: string;
	name: string;
	at: string;
	state: 'preparing' | 'ready' | 'failed';
	file: { name: string; type: SheetFile['type']; size: number } | null;
	expiresAt: string;
}

/** What the portal is told of an export that was asked for there. */
export interface ExportReport {
	id: string;
	status: 'preparing' | 'ready' | 'failed';
	path?: string;
	bytes?: number;
	message?: string;
	expiresAt?: Date;
}

export interface ExportParts<Book> {
	application: Pick<Application<Book>, 'slug' | 'sheets'>;
	books: Books<Book>;
	/** The kinds that were declared, with their names. */
	kinds: readonly { slug: string; name: string }[];
	report(report: ExportReport): void;
	/** Where files lie; without it they go with the process. */
	folder: string | undefined;
}

const keptMs = 7 * 86_400_000;
/** Of one business at once; the oldest make room. */
const keptMost = 20;

/** Files that businesses have asked for, kept apart from everybody else's. */
export class Exports<Book> {
	readonly #parts: ExportParts<Book>;
	readonly #folder: string;
	readonly #passing: boolean;
	#all: Export[];

	constructor(parts: ExportParts<Book>) {
		const { slug } = parts.application;
		this.#parts = parts;
		this.#passing = parts.folder === undefined;
		this.#folder = parts.folder
			? join(parts.folder, `${slug}-exports`)
			: mkdtempSync(join(tmpdir(), `${slug}-exports-`));
		mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
		this.#all = this.#restore();
		// What a restart has interrupted is written again.
		for (const each of this.#all) if (each.state === 'preparing') void this.#write(each);
	}

	/** The business's own, newest first. */
	of(businessId: string): Export[] {
		const now = new Date().toISOString();
		return this.#all
			.filter((each) => each.business.id === businessId && each.expiresAt > now)
			.reverse();
	}

	find(businessId: string, id: string): Export | undefined {
		return this.of(businessId).find((each) => each.id === id);
	}

	read({ id }: Export): Promise<Buffer> {
		return readFile(join(this.#folder, id));
	}

	/** Asked again with the same id, it only says again how it stands. @returns undefined for an unknown kind */
	ask(business: Business, kind: string, asked: string | null): Export | undefined {
		const known = asked && this.#all.find((each) => each.asked === asked);
		if (known) {
			this.#tell(known);
			return known;
		}
		const name = this.#parts.kinds.find(({ slug }) => slug === kind)?.name;
		if (!name || !this.#parts.application.sheets[kind]) {
			if (asked)
				this.#parts.report({
					id: asked,
					status: 'failed',
					message: 'The product does not know this kind of export.'
				});
			return undefined;
		}
		const made: Export = {
			id: randomBytes(24).toString('base64url'),
			asked,
			business,
			kind,
			name,
			at: new Date().toISOString(),
			state: 'preparing',
			file: null,
			expiresAt: new Date(Date.now() + keptMs).toISOString()
		};
		this.#all.push(made);
		this.#sweep(business.id);
		this.#keep();
		void this.#write(made);
		return made;
	}

	close(): void {
		if (this.#passing) rmSync(this.#folder, { recursive: true, force: true });
	}

	async #write(made: Export): Promise<void> {
		this.#tell(made);
		// Whoever asked is answered first.
		await next();
		try {
			const { books, application } = this.#parts;
			const book = books.of(made.business);
			const file = fileOf(
				`${application.slug}-${made.kind}-${made.at.slice(0, 10)}`,
				application.sheets[made.kind]?.(book) ?? []
			);
			await writeFile(join(this.#folder, made.id), file.bytes, { mode: 0o600 });
			made.file = { name: file.name, type: file.type, size: file.bytes.length };
			made.state = 'ready';
		} catch (error) {
			console.error(`The export ${made.kind} could not be written: ${(error as Error).message}`);
			made.state = 'failed';
		}
		this.#keep();
		this.#tell(made);
	}

	#tell({ asked, state, id, file, expiresAt }: Export): void {
		if (!asked) return;
		this.#parts.report({
			id: asked,
			status: state,
			...(state === 'failed' ? { message: 'The product could not write the file.' } : {}),
			...(file ? { path: `/exports/${id}`, bytes: file.size, expiresAt: new Date(expiresAt) } : {})
		});
	}

	/** Drops what is too old, and the oldest of a business that has too many. */
	#sweep(businessId: string): void {
		const now = new Date().toISOString();
		const own = this.#all.filter((each) => each.business.id === businessId);
		const gone = new Set([
			...this.#all.filter(({ expiresAt }) => expiresAt <= now),
			...own.slice(0, Math.max(0, own.length - keptMost))
		]);
		this.#all = this.#all.filter((each) => !gone.has(each));
		for (const { id } of gone) void rm(join(this.#folder, id), { force: true });
	}

	get #index(): string {
		return join(this.#folder, 'index.json');
	}

	#keep(): void {
		if (!this.#passing) writeFileSync(this.#index, JSON.stringify(this.#all), { mode: 0o600 });
	}

	#restore(): Export[] {
		try {
			return JSON.parse(readFileSync(this.#index, 'utf8')) as Export[];
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
			throw new Error(`${this.#index} does not list exports: remove it to begin anew.`, {
				cause: error
			});
		}
	}
}
