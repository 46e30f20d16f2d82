import type { lookup as systemLookup } from 'node:dns';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
	createServer as createSocketServer,
	type AddressInfo,
	type Server,
	type Socket
} from 'node:net';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import {
	allowPrivateNetworks,
	loopback,
	mayCall,
	OutboundFailure,
	postOut,
	type OutboundFailureKind
} from './outbound.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];
let asked: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];

beforeEach(() => {
	asked = [];
	allowPrivateNetworks(loopback);
});
afterEach(async () => {
	allowPrivateNetworks([]);
	for (const socket of sockets.splice(0)) socket.destroy();
	for (const server of servers.splice(0)) await new Promise((closed) => server.close(closed));
});

function listen(server: Server): Promise<string> {
	servers.push(server);
	server.on('connection', (socket) => sockets.push(socket));
	return new Promise((listening) =>
		server.listen(0, '127.0.0.1', () => {
			listening(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
		})
	);
}

/** A product that answers as told and writes down what it was asked. */
function answering(answer: (response: ServerResponse) => void): Promise<string> {
	return listen(
		createServer((request, response) => {
			let body = '';
			request.on('data', (chunk: Buffer) => (body += chunk.toString()));
			request.on('end', () => {
				const { method = '', url = '', headers } = request;
				asked.push({ method, url, headers, body });
				answer(response);
			});
		})
	);
}

const message = {
	headers: { 'content-type': 'application/json', 'x-own': 'yes' },
	body: '{"a":"ü"}'
};
const failure = (result: Promise<unknown>): Promise<[OutboundFailureKind, string]> =>
	result.then(
		() => expect.unreachable('something answered'),
		(error: unknown) => {
			if (!(error instanceof OutboundFailure)) throw error;
			return [error.kind, error.detail];
		}
	);
/** Answers every name with these addresses. */
const resolving = (...addresses: string[]) =>
	((_name: string, _options: object, callback: (error: null, found: object[]) => void) => {
		callback(
			null,
			addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
		);
	}) as unknown as typeof systemLookup;

describe('a POST', () => {
	it('arrives as it was given, with nothing of ours added', async () => {
		const url = await answering((response) => {
			response.writeHead(202, { 'retry-after': '30', 'set-cookie': 'a=b' }).end('thank you');
		});
		const answer = { status: 202, text: 'thank you', retryAfter: '30' };
		expect(await postOut(`${url}/hooks?of=erp`, message)).toEqual(answer);
		expect(await postOut(`${url}/hooks?of=erp`, message)).toEqual(answer);
		expect(asked[1]).toEqual({
			method: 'POST',
			url: '/hooks?of=erp',
			body: message.body,
			headers: {
				...message.headers,
				'content-length': '10',
				host: url.slice('http://'.length),
				connection: 'close'
			}
		});
	});

	it('follows no redirect', async () => {
		const elsewhere = await answering((response) => response.end());
		const url = await answering((response) => {
			response.writeHead(307, { location: elsewhere }).end('there');
		});
		expect(await postOut(url, message)).toMatchObject({ status: 307, text: 'there' });
		expect(asked).toHaveLength(1);
	});

	it('reads 4,000 characters of an answer and no further, however long it is', async () => {
		let written = 0;
		let ended = false;
		const url = await answering((response) => {
			response.on('close', () => (ended = true));
			const more = (): void => {
				while (!ended && response.write('ü'.repeat(1_000))) written += 1;
			};
			response.on('drain', more);
			more();
		});
		const { text } = await postOut(url, message);
		expect(text).toBe('ü'.repeat(4_000));
		await expect.poll(() => ended).toBe(true);
		expect(written).toBeLessThan(20_000);
	});

	it('takes the status of an answer whose body is too slow or cut', async () => {
		const slow = await answering((response) => response.writeHead(500).write('half'));
		expect(await postOut(slow, message, { patienceMs: 200 })).toMatchObject({
			status: 500,
			text: 'half'
		});
		const cut = await answering((response) => {
			response.writeHead(200, { 'content-length': '100' });
			response.write('half', () => response.destroy());
		});
		expect(await postOut(cut, message)).toMatchObject({ status: 200, text: 'half' });
	});
});

describe('without an answer the failure says why', () => {
	test('nobody answers in time', async () => {
		const url = await answering(() => undefined);
		expect(await failure(postOut(url, message, { patienceMs: 100 }))).toEqual(['timeout', '']);
	});
	test('a name takes for ever to look up', async () => {
		const lookup = (() => undefined) as unknown as typeof systemLookup;
		const post = postOut('http://slow.example', message, { lookup, patienceMs: 100 });
		expect(await failure(post)).toEqual(['timeout', '']);
	});
	test('nothing listens', async () => {
		const server = createSocketServer();
		const url = await listen(server);
		await new Promise((closed) => server.close(closed));
		servers.splice(0);
		expect(await failure(postOut(url, message))).toEqual(['refused', '']);
	});
	test('no machine has the name', async () => {
		expect(await failure(postOut('http://nowhere.invalid/', message))).toEqual(['name', '']);
	});
	test('the connection is cut', async () => {
		const url = await listen(createSocketServer((socket) => socket.destroy()));
		expect(await failure(postOut(url, message))).toEqual(['cut', '']);
	});
	test('another protocol is spoken', async () => {
		const url = await listen(createSocketServer((socket) => socket.end('220 mail.example\r\n')));
		const [kind, detail] = await failure(postOut(url, message));
		expect([kind, detail]).toEqual(['network', 'HPE_INVALID_CONSTANT']);
		expect((await failure(postOut(url.replace('http', 'https'), message)))[0]).toBe('network');
	});
	test('another protocol is changed to', async () => {
		const url = await listen(
			createSocketServer((socket) =>
				socket.once('data', () =>
					socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
				)
			)
		);
		expect((await failure(postOut(url, message, { patienceMs: 1_000 })))[0]).toBe('cut');
	});
	test.each([
		['file:///etc/passwd', 'protocol'],
		['ftp://files.example/', 'protocol'],
		['javascript:alert(1)', 'protocol'],
		['http://user:word@hooks.example/', 'credentials'],
		['http://user@hooks.example/', 'credentials'],
		['http://', 'syntax'],
		['hooks.example', 'syntax'],
		['http://[fe80::1%25eth0]/', 'syntax']
	])('%s cannot be called: %s', async (url, why) => {
		expect(await failure(postOut(url, message))).toEqual(['address', why]);
	});
	test('the caller gave up', async () => {
		const url = await answering(() => undefined);
		const signal = AbortSignal.timeout(50);
		const reason: unknown = await postOut(url, message, { signal }).catch(
			(error: unknown) => error
		);
		expect(reason).toBe(signal.reason);
	});
});

describe('private networks', () => {
	beforeEach(() => {
		allowPrivateNetworks([]);
	});

	/** Each way to write an address that is not out on the internet. */
	const closed = [
		'http://127.0.0.1/',
		'http://127.1/',
		'http://2130706433/',
		'http://0x7f000001/',
		'http://0x7f.0.0.1/',
		'http://017700000001/',
		'http://0177.0.0.1/',
		'http://0/',
		'http://0.0.0.0/',
		'http://10.0.0.7/',
		'http://172.16.0.1/',
		'http://172.31.255.255/',
		'http://192.168.1.1/',
		'http://169.254.169.254/latest/meta-data/',
		'http://100.64.0.1/',
		'http://100.127.255.255/',
		'http://192.0.0.192/',
		'http://198.18.0.1/',
		'http://224.0.0.1/',
		'http://239.255.255.250/',
		'http://255.255.255.255/',
		'http://１２７.0.0.1/',
		'http://127。0。0。1/',
		'http://[::]/',
		'http://[::1]/',
		'http://[0:0:0:0:0:0:0:1]/',
		'http://[::ffff:127.0.0.1]/',
		'http://[::ffff:7f00:1]/',
		'http://[::127.0.0.1]/',
		'http://[::ffff:0:127.0.0.1]/',
		'http://[64:ff9b::7f00:1]/',
		'http://[64:ff9b:1::7f00:1]/',
		'http://[2002:7f00:1::]/',
		'http://[2001:0:7f00:1::]/',
		'http://[fc00::1]/',
		'http://[fd00:ec2::254]/',
		'http://[fe80::1]/',
		'http://[fec0::1]/',
		'http://[ff02::1]/',
		'http://[2001:db8::1]/'
	];
	test.each(closed)('%s is refused', async (url) => {
		const lookup = (() => {
			throw new Error('A literal address was looked up.');
		}) as unknown as typeof systemLookup;
		expect((await failure(postOut(url, message, { lookup })))[0]).toBe('private');
	});

	test.each(['8.8.8.8', '172.32.0.1', '172.15.0.1', '100.128.0.1', '11.0.0.1', '2606:4700::1111'])(
		'%s is open',
		(address) => {
			expect(mayCall(address)).toBe(true);
		}
	);

	it.each([
		['127.0.0.1'],
		['10.0.0.1'],
		['::1'],
		['::ffff:127.0.0.1'],
		['fe80::1%eth0'],
		['8.8.8.8', '127.0.0.1']
	])('a name that stands for %s %s is refused', async (...addresses) => {
		const lookup = resolving(...addresses);
		expect(await failure(postOut('http://hooks.example/', message, { lookup }))).toEqual([
			'private',
			addresses.at(-1)
		]);
	});

	it('a real name of the machine itself is refused before anything is sent', async () => {
		const url = await answering((response) => response.end());
		const [kind] = await failure(postOut(url.replace('127.0.0.1', 'localhost'), message));
		expect(kind).toBe('private');
		expect(asked).toEqual([]);
	});

	it('a name that turns to us between two looks is refused at the second', async () => {
		const url = await answering((response) => response.end());
		const port = new URL(url).port;
		let looks = 0;
		const rebinding = ((name: string, options: object, callback: never) => {
			looks += 1;
			resolving(looks === 1 ? '192.0.2.1' : '127.0.0.1')(name, options, callback);
		}) as unknown as typeof systemLookup;
		allowPrivateNetworks(['192.0.2.0/24']);
		const post = (): Promise<unknown> =>
			postOut(`http://hooks.example:${port}/`, message, { lookup: rebinding, patienceMs: 300 });
		// The first look leads to a machine that is not there, the second to us.
		expect((await failure(post()))[0]).not.toBe('private');
		expect(await failure(post())).toEqual(['private', '127.0.0.1']);
		expect([looks, asked]).toEqual([2, []]);
	});

	it('that are allowed are called, in any notation, and their neighbours are not', async () => {
		const url = await answering((response) => response.end('in'));
		const port = new URL(url).port;
		allowPrivateNetworks(['127.0.0.1/32', 'fd00::/8']);
		for (const host of ['127.0.0.1', '2130706433', '[::ffff:7f00:1]'])
			expect(await postOut(`http://${host}:${port}/`, message)).toMatchObject({ text: 'in' });
		const lookup = resolving('127.0.0.1');
		expect(await postOut(`http://erp.example:${port}/`, message, { lookup })).toMatchObject({
			text: 'in'
		});
		expect(mayCall('127.0.0.2')).toBe(false);
		expect(mayCall('fd12::1')).toBe(true);
		expect(mayCall('fe80::1')).toBe(false);
		allowPrivateNetworks('any');
		expect(mayCall('169.254.169.254')).toBe(true);
	});
});
