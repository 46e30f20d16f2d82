import { readFileSync } from 'node:fs';
import { appendFile, rename, writeFile } from 'node:fs/promises';

/** An item as a lane carries it. `n` numbers it in the file; it is 0 where there is no file. */
export interface Entry {
	n: number;
	lane: string;
	item: unknown;
}

/** Rewritten when so many lines are of no more use, and more than half of the file. */
const rubbish = 2_000;

/**
 * What is waiting, kept in a file of lines: `+` and an entry when it begins to wait, `-` and its number
 * when it needs no more care. A line torn by a crash is passed over. One process a file.
 */
export class Journal {
	readonly #file: string;
	readonly #problem: (words: string) => void;
	readonly #live = new Map<number, Entry>();
	#lines = 0;
	#next = 1;
	#pending: string[] = [];
	#writing: Promise<void> | null = null;
	// A torn last line of the process before must not swallow the first of ours.
	#start = '\n';

	constructor(file: string, problem: (words: string) => void) {
		this.#file = file;
		this.#problem = problem;
		for (const line of this.#readLines()) this.#read(line);
	}

	/** What was waiting when the process before this one ended, oldest first. */
	get left(): Entry[] {
		return [...this.#live.values()];
	}

	add(lane: string, item: unknown): Entry {
		const entry: Entry = { n: this.#next++, lane, item };
		this.#live.set(entry.n, entry);
		this.#write(`+${JSON.stringify(entry)}`);
		return entry;
	}

	done({ n }: Entry): void {
		if (this.#live.delete(n)) this.#write(`-${n}`);
	}

	/** Resolves when everything is in the file. */
	async written(): Promise<void> {
		while (this.#writing) await this.#writing;
	}

	#readLines(): string[] {
		try {
			return readFileSync(this.#file, 'utf8').split('\n');
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
				this.#problem(`The queue's file could not be read: ${(error as Error).message}`);
			return [];
		}
	}

	#read(line: string): void {
		this.#lines += 1;
		if (line.startsWith('-')) {
			this.#live.delete(Number(line.slice(1)));
		} else if (line.startsWith('+')) {
			try {
				const entry = JSON.parse(line.slice(1)) as Entry;
				this.#live.set(entry.n, entry);
				this.#next = Math.max(this.#next, entry.n + 1);
			} catch {
				// Torn while it was written: what it said never began to wait.
			}
		}
	}

	#write(line: string): void {
		this.#pending.push(line);
		this.#writing ??= this.#drain().finally(() => {
			this.#writing = null;
		});
	}

	async #drain(): Promise<void> {
		while (this.#pending.length > 0) {
			const lines = this.#pending;
			this.#pending = [];
			try {
				if (this.#lines - this.#live.size > rubbish && this.#lines > 2 * this.#live.size) {
					await this.#rewrite();
				} else {
					await appendFile(this.#file, `${this.#start}${lines.join('\n')}\n`, { mode: 0o600 });
					this.#start = '';
					this.#lines += lines.length;
				}
			} catch (error) {
				this.#problem(`The queue's file could not be written: ${(error as Error).message}`);
			}
		}
	}

	async #rewrite(): Promise<void> {
		const lines = this.left.map((entry) => `+${JSON.stringify(entry)}\n`);
		await writeFile(`${this.#file}.new`, lines.join(''), { mode: 0o600 });
		await rename(`${this.#file}.new`, this.#file);
		this.#lines = lines.length;
	}
}
