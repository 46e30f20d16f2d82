import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { ActivityView } from '#server/modules/activity/index.ts';
import { writeLog } from './activity-log.ts';
import { download } from './download.ts';

const newest = Date.parse('2026-11-25T09:00:00Z');

function entry(n: number): ActivityView {
	return {
		id: `act_${n}`,
		kind: 'reported',
		field: 'work',
		at: new Date(newest - n * 61_007),
		person: { id: 'per_1', name: `=Person ${n}` },
		product: { id: 'prd_1', slug: 'erp', name: 'ERP System', mark: 'erp' },
		what: `posted ${n} "sales", all of them`,
		where: 'Sales › Invoices',
		path: '/sales/invoices',
		params: {},
		device: null,
		address: null,
		vendor: null
	};
}

/** A log of so many entries, read as the use case reads it. */
function logOf(length: number) {
	const asked: number[] = [];
	return {
		asked,
		read: async ({ limit, before = '0' }: { limit: number; before?: string }) => {
			const from = Number(before);
			asked.push(from);
			const count = Math.min(limit, length - from);
			const entries = Array.from({ length: count }, (_, index) => entry(from + index));
			const next = from + count < length ? String(from + count) : null;
			return Promise.resolve({ entries, next });
		}
	};
}

const file = (log: ReturnType<typeof logOf>) =>
	download('activity', 'csv', writeLog(log.read, 'Africa/Nairobi'));

/** Bytes of the heap that are in use, once what is not has been cleared away. */
function liveHeap(): number {
	setFlagsFromString('--expose-gc');
	(runInNewContext('gc') as () => void)();
	return process.memoryUsage().heapUsed;
}

describe('the log as a file', () => {
	it('has every entry once, in the words and times of the page, and no formulas', async () => {
		const bytes = new Uint8Array(await file(logOf(1_201)).arrayBuffer());
		const rows = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\r\n');
		expect(rows[0]).toMatch(/^\ufeffWhen,/);
		expect(rows).toHaveLength(1 + 1_201 + 1);
		expect(rows[1]).toBe(
			`2026-11-25 12:00,'=Person 0,"posted 0 ""sales"", all of them",ERP System › Sales › Invoices,ERP System,Work in products,,,`
		);
		expect(new Set(rows).size).toBe(1 + 1_201 + 1);
	});

	it('takes no more memory for two hundred thousand entries than for ten thousand', async () => {
		const log = logOf(200_000);
		const reader = file(log).body?.getReader();
		let [bytes, before] = [0, 0];
		for (let taken = await reader?.read(); taken?.value; taken = await reader?.read()) {
			bytes += taken.value.length;
			if (before === 0 && (log.asked.at(-1) ?? 0) >= 10_000) before = liveHeap();
		}
		expect(bytes).toBeGreaterThan(16_000_000);
		expect(liveHeap() - before).toBeLessThan(4_000_000);
	}, 60_000);

	it('reads nothing more once nobody is there to take it', async () => {
		const log = logOf(1_000_000);
		const reader = file(log).body?.getReader();
		for (let times = 0; times < 20; times++) await reader?.read();
		await reader?.cancel();
		const { length } = log.asked;
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect(log.asked).toHaveLength(length);
		expect(length).toBeLessThan(30);
	});
});
