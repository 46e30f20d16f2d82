import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { describe, expect, inject, test } from 'vitest';
import { reachDatabase } from './external.ts';

const { host, port, user, database } = inject('database');
/** The test server over its socket, in the form of an address. */
const address = (name: string, login = user): string =>
	`postgres://${login}:hunter2@localhost:${port}/${name}?host=${encodeURIComponent(host)}`;

async function listen(server: Server): Promise<number> {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return (server.address() as AddressInfo).port;
}

async function refusal(connectionString: string, patience = 300): Promise<string> {
	const failure = await reachDatabase(connectionString, patience).then(
		() => expect.unreachable('it was reached'),
		(error: unknown) => error as Error
	);
	expect(failure.name).toBe('StartFailure');
	expect(failure.message).not.toContain('hunter2');
	return failure.message;
}

test('a database that is there is reached', async () => {
	await reachDatabase(address(database));
});

describe('a database that is not there', () => {
	test('because nothing listens', async () => {
		const squatter = createServer();
		const free = await listen(squatter);
		squatter.close();
		expect(await refusal(`postgres://u:hunter2@localhost:${free}/d`)).toBe(
			`The database at localhost:${free} cannot be reached: nothing listens there. Start PostgreSQL there, or mend the host and port in DATABASE_URL.`
		);
	});

	test('because no machine has that name', async () => {
		expect(await refusal('postgres://u:hunter2@nowhere.invalid/d', 0)).toMatch(
			/^The database at nowhere\.invalid:5432 cannot be reached: .*Mend the host in DATABASE_URL/
		);
	});

	test('because the server has none of that name', async () => {
		expect(await refusal(address('elsewhere'))).toMatch(
			/it has no database "elsewhere"\. Create it/
		);
	});

	test('because the server does not know the user', async () => {
		expect(await refusal(address(database, 'stranger'))).toMatch(
			/it refuses the user \(role "stranger" does not exist\)\. Mend the user/
		);
	});

	test('because what listens there is no PostgreSQL', async () => {
		const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
		const taken = await listen(other);
		expect(await refusal(`postgres://u:hunter2@127.0.0.1:${taken}/d`)).toMatch(
			/Check DATABASE_URL/
		);
		other.close();
	});
});

test('a database that comes up late is waited for', async () => {
	const relay = createServer();
	const late = await listen(relay);
	relay.close();
	await once(relay, 'close');
	const reached = reachDatabase(`postgres://${user}@127.0.0.1:${late}/${database}`, 10_000);
	// A door in front of the test server's socket, opened after we began to knock.
	const open = createServer((socket) => {
		const through = connect(`${host}/.s.PGSQL.${port}`);
		socket.pipe(through).pipe(socket);
	});
	setTimeout(() => open.listen(late, '127.0.0.1'), 600);
	await expect(reached).resolves.toBeUndefined();
	open.close();
});
