import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Ready } from './ingest-server.ts';
import { flood, load, toRequest, type Flooded, type Measured } from './load.ts';

export interface IngestFigures {
	/** Events a second, in batches of 100 over 8 connections; median of the runs, as are all. */
	batched: number;
	/** Milliseconds to the answer of a batch. */
	batchedP99: number;
	/** Requests a second with one event each, over 16 connections. */
	single: number;
	singleP99: number;
	/** Rows a second by COPY into a bare table, in the same batches over as many connections, each committed. */
	copied: number;
	/** The same rows in one COPY over one connection: the most that the table takes in at all. */
	copiedAtOnce: number;
	/**
	 * `batched` to `copied`: the raw COPY that makes the same promise, each batch on disk before it is
	 * acknowledged. It is what the ceiling is held against. `ratioAtOnce` is to the COPY that promises
	 * nothing until its end.
	 */
	ratio: number;
	ratioAtOnce: number;
	/** What happens when far more is sent than can be written. */
	overload: Overload;
}

export interface Overload extends Flooded {
	/** Events that were acknowledged and are not there, or are there and not in the totals. */
	lost: number;
	/** What the server's memory grew by, at its highest, in bytes. */
	grown: number;
}

const batchSize = 100;
const batchConnections = 8;
const singleConnections = 16;
/** Half as many events again are on their way at a time as may wait, from senders twice as quick as they were told. */
const floodConnections = 300;
const floodPauseMs = 500;

/**
 * What usage costs on the way in: events over HTTP to a server with a database of its own, acknowledged
 * once they are on disk, beside a plain COPY of the same columns.
 */
export async function benchIngest(
	options: { runs?: number; events?: number; requests?: number } = {}
): Promise<IngestFigures> {
	const { runs = 3, events = 80_000, requests = 9_000 } = options;
	const server = fork(fileURLToPath(new URL('./ingest-server.ts', import.meta.url)), {
		stdio: ['ignore', 'inherit', 'inherit', 'ipc']
	});
	try {
		const ready = await readyOf(server);
		const rounds: { batched: Measured; single: Measured; copied: number; copiedAtOnce: number }[] =
			[];
		for (let run = 0; run <= runs; run++) {
			const round = {
				batched: await load(ready.origin, batchesOf(ready, events), batchConnections),
				single: await load(ready.origin, singlesOf(ready, requests), singleConnections),
				copied: await copy(ready, events, batchSize, batchConnections),
				copiedAtOnce: await copy(ready, events, events, 1)
			};
			// The first warms both sides up.
			if (run > 0) rounds.push(round);
		}
		const overload = await overloadOf(server, ready, events);
		const of = (figure: (round: (typeof rounds)[number]) => number): number =>
			median(rounds.map(figure));
		const batched = of(
			({ batched: { requests: count, seconds } }) => (count * batchSize) / seconds
		);
		const copied = of((round) => round.copied);
		const copiedAtOnce = of((round) => round.copiedAtOnce);
		return {
			batched,
			batchedP99: of((round) => round.batched.p99),
			single: of(({ single }) => single.requests / single.seconds),
			singleP99: of(({ single }) => single.p99),
			copied,
			copiedAtOnce,
			ratio: batched / copied,
			ratioAtOnce: batched / copiedAtOnce,
			overload
		};
	} finally {
		if (server.connected) server.disconnect();
		if (server.exitCode === null) await once(server, 'exit');
	}
}

async function overloadOf(server: ChildProcess, ready: Ready, events: number): Promise<Overload> {
	const owner = new pg.Client(ready.database);
	await owner.connect();
	try {
		const count = async (): Promise<{ kept: number; counted: number }> => {
			const { rows } = await owner.query<{ kept: number; counted: number }>(
				`select (select count(*)::int from usage.events) as kept,
					(select sum(count)::int from usage.hours join usage.meters m on m.id = meter_id
						where m.slug = 'data') as counted`
			);
			return rows[0] ?? { kept: 0, counted: 0 };
		};
		const [before, memory] = [await count(), await memoryOf(server)];
		const flooded = await flood(
			ready.origin,
			batchesOf(ready, events),
			floodConnections,
			floodPauseMs
		);
		const after = await count();
		const acknowledged = flooded.taken * batchSize;
		return {
			...flooded,
			lost: Math.max(
				Math.abs(acknowledged - (after.kept - before.kept)),
				Math.abs(acknowledged - (after.counted - before.counted))
			),
			grown: (await memoryOf(server)) - memory
		};
	} finally {
		await owner.end();
	}
}

/** The most memory that the server ever took. */
async function memoryOf(server: ChildProcess): Promise<number> {
	server.send('memory');
	const [bytes] = (await once(server, 'message')) as [number];
	return bytes;
}

async function readyOf(server: ChildProcess): Promise<Ready> {
	const [message] = (await Promise.race([
		once(server, 'message'),
		once(server, 'exit').then(() => Promise.reject(new Error('The server of the bench ended.')))
	])) as [Ready];
	return message;
}

function median(values: number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const branches = ['Nakuru', 'Eldoret', 'Mombasa'];

/** As a product at work would send them: four businesses, 34 people in each, in three branches. */
function makeEvents({ businesses, eventType }: Ready, count: number): Record<string, unknown>[] {
	const now = Date.now();
	return Array.from({ length: count }, (_, index) => ({
		specversion: '1.0',
		id: randomUUID(),
		source: '/bench/nairobi',
		type: eventType,
		subject: businesses[index % businesses.length],
		time: new Date(now - (index % 60_000)).toISOString(),
		datacontenttype: 'application/json',
		data: {
			bytes: (index * 7_919) % 100_000,
			user: `user-${index % 34}@mavuno.example`,
			branch: branches[(index % 34) % 3]
		}
	}));
}

function batchesOf(ready: Ready, count: number): Buffer[] {
	const events = makeEvents(ready, count);
	return Array.from({ length: count / batchSize }, (_, batch) =>
		post(
			ready,
			'application/cloudevents-batch+json',
			events.slice(batch * batchSize, (batch + 1) * batchSize)
		)
	);
}

function singlesOf(ready: Ready, count: number): Buffer[] {
	return makeEvents(ready, count).map((event) =>
		post(ready, 'application/cloudevents+json', event)
	);
}

function post({ origin, key }: Ready, type: string, body: unknown): Buffer {
	const headers = { authorization: `Bearer ${key}`, 'content-type': type };
	return toRequest(origin, '/api/v1/events', headers, JSON.stringify(body));
}

/** Rows a second into a table with the columns of usage.events and nothing else. */
async function copy(
	ready: Ready,
	count: number,
	size: number,
	connections: number
): Promise<number> {
	const clients = await Promise.all(
		Array.from({ length: connections }, async () => {
			const client = new pg.Client(ready.database);
			await client.connect();
			return client;
		})
	);
	try {
		await clients[0]?.query(
			`create schema if not exists bench;
			drop table if exists bench.bare;
			create table bench.bare as select occurred_at, received_at, key, business_id, product_id, source,
				id, type, data, attributes from usage.events with no data`
		);
		const rows = makeEvents(ready, count).map(toRow);
		const chunks = Array.from({ length: count / size }, (_, chunk) =>
			Buffer.from(rows.slice(chunk * size, (chunk + 1) * size).join(''))
		);
		let next = 0;
		const start = performance.now();
		await Promise.all(
			clients.map(async (client) => {
				for (;;) {
					const chunk = chunks[next++];
					if (!chunk) return;
					const stream = client.query(copyFrom('copy bench.bare from stdin'));
					stream.end(chunk);
					await once(stream, 'finish');
				}
			})
		);
		return count / ((performance.now() - start) / 1000);
	} finally {
		await Promise.all(clients.map((client) => client.end()));
	}
}

/** A line of COPY's text format. */
function toRow(event: Record<string, unknown>): string {
	const columns = [
		event['time'],
		event['time'],
		randomUUID(),
		event['subject'],
		`prd_${'0'.repeat(26)}`,
		event['source'],
		event['id'],
		event['type'],
		JSON.stringify(event['data']).replaceAll('\\', '\\\\'),
		'\\N'
	];
	return `${columns.join('\t')}\n`;
}
