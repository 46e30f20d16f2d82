import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** What every paper is made of: a template uses `letterhead`, `party`, `ruled`, `sums` and the like. */
const parts = readFileSync(new URL('./parts.typ', import.meta.url), 'utf8');

/** What every paper says of itself, besides what its template reads. */
export interface Sheet {
	language: string;
	title: string;
	author: string;
	/** Year, month, day. */
	date: number[];
	words: {
		/** Stands around the number of the page and how many there are. */
		page: [before: string, between: string];
	};
}

/** What a worker is asked: a template in Typst's markup, and the data that it reads. */
export interface Order {
	id: number;
	template: string;
	/** JSON. The template reads it as data, so nothing in it can be taken for markup. */
	sheet: string;
}

export type Delivery = { id: number; pdf: Uint8Array } | { id: number; problem: string };

interface Waiting {
	done: (pdf: Uint8Array) => void;
	failed: (error: Error) => void;
}

let worker: Worker | null = null;
let orders = 0;
const waiting = new Map<number, Waiting>();

/**
 * Prints a sheet as a PDF for people and for screen readers (PDF/UA-1: tagged). The same template and data
 * make the same bytes. It is set in a thread of its own, which begins with the first order: a page takes
 * milliseconds that requests should not wait for.
 */
export function print<S extends Sheet>(template: string, sheet: S): Promise<Uint8Array> {
	const press = (worker ??= startPress());
	const id = ++orders;
	return new Promise((done, failed) => {
		waiting.set(id, { done, failed });
		// A process stays for what it has ordered, and for nothing else.
		press.ref();
		press.postMessage({
			id,
			template: `${parts}\n${template}`,
			sheet: JSON.stringify(sheet)
		} satisfies Order);
	});
}

function startPress(): Worker {
	const press = new Worker(new URL('./press-worker.ts', import.meta.url));
	press.on('message', (delivery: Delivery) => {
		const asker = waiting.get(delivery.id);
		waiting.delete(delivery.id);
		if (waiting.size === 0) press.unref();
		if ('pdf' in delivery) asker?.done(delivery.pdf);
		else asker?.failed(new Error(`The press refused a sheet: ${delivery.problem}`));
	});
	// Whoever waits is told; the next order finds a new thread.
	const stopped = (why: string): void => {
		if (worker === press) worker = null;
		for (const { failed } of waiting.values()) failed(new Error(`The press stopped: ${why}`));
		waiting.clear();
	};
	press.on('error', (error: Error) => stopped(error.message));
	press.on('exit', (code) => stopped(`it ended with ${code}`));
	return press;
}
