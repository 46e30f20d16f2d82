import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestRuntime, type TestRuntime } from '../../../tests/setup/runtime.ts';
import { withSystem } from './doors.ts';
import { startJobs, type RunningJobs } from './jobs.ts';
import { defineAttachment } from './mail-attachments.ts';
import { listMails, openAttachment, post, useSmtp } from './mail.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let server: SMTPServer;
const received: string[] = [];
let busy = false;

beforeAll(async () => {
	runtime = await startTestRuntime(new Date());
	jobs = await startJobs({ pollingSeconds: 0.5 });
	server = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS'],
		onData(stream, _, answer) {
			let raw = '';
			stream.on('data', (chunk: Buffer) => (raw += chunk.toString()));
			stream.on('end', () => {
				if (busy) {
					busy = false;
					answer(Object.assign(new Error('try later'), { responseCode: 451 }));
					return;
				}
				received.push(raw);
				answer();
			});
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}, 60_000);
afterAll(async () => {
	useSmtp(undefined, '');
	await new Promise<void>((resolve) => server.close(resolve));
	await jobs.stop();
	await runtime.stop();
});

const connect = () =>
	useSmtp(
		`smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
		'no-reply@portal.example'
	);
const write = (subject: string) =>
	withSystem('test', (scope) =>
		post(scope, { to: 'wanjiku@mavuno.example', subject, body: 'Habari,\nkaribu – ŵelcome.' })
	);
const outbox = () => withSystem('test', (scope) => listMails(scope, 10));

const inOutbox = async (subject: string) =>
	(await outbox()).find((letter) => letter.subject === subject);

it('without a mail server a letter waits in the outbox', async () => {
	useSmtp(undefined, 'no-reply@portal.example');
	await write('Waiting');
	await jobs.settle();
	expect(await outbox()).toMatchObject([{ subject: 'Waiting', sentAt: null, failure: null }]);
});

it('with one it arrives as it was written, once', async () => {
	connect();
	await write('Karibu');
	await jobs.settle();
	await jobs.settle();
	expect(received).toHaveLength(1);
	const letter = await PostalMime.parse(received[0] ?? '');
	expect(letter).toMatchObject({
		subject: 'Karibu',
		from: { address: 'no-reply@portal.example' },
		to: [{ address: 'wanjiku@mavuno.example' }]
	});
	expect(letter.text?.trim()).toBe('Habari,\nkaribu – ŵelcome.');
	expect(await inOutbox('Karibu')).toMatchObject({
		sentAt: expect.any(Date) as Date
	});
});

it('is not posted when the transaction that wrote it fails', async () => {
	await withSystem('test', async (scope) => {
		await post(scope, { to: 'a@b.example', subject: 'Never', body: '' });
		throw new Error('undone');
	}).catch(() => undefined);
	await jobs.settle();
	expect((await outbox()).map(({ subject }) => subject)).not.toContain('Never');
});

it('is tried again when the server says later', async () => {
	received.length = 0;
	busy = true;
	await write('Later');
	await expect.poll(() => received.length, { timeout: 15_000, interval: 100 }).toBe(1);
	await jobs.settle();
	expect(await inOutbox('Later')).toMatchObject({
		failure: null,
		sentAt: expect.any(Date) as Date
	});
}, 30_000);

describe('a file that goes along', () => {
	let made = 0;
	const note = defineAttachment<{ word: string }>('test.note', {
		type: 'text/plain',
		make({ word }) {
			made += 1;
			return Promise.resolve(new TextEncoder().encode(`${word} – ŵ`));
		}
	});
	const withNote = (subject: string) =>
		withSystem('test', (scope) =>
			post(scope, {
				to: 'wanjiku@mavuno.example',
				subject,
				body: 'See what goes along.',
				attachments: [note('note.txt', { word: subject })]
			})
		);

	it('is made when the letter is delivered, and not before', async () => {
		useSmtp(undefined, 'no-reply@portal.example');
		await withNote('Kept');
		await jobs.settle();
		expect(made).toBe(0);
		connect();
		received.length = 0;
		await withNote('With a note');
		await jobs.settle();
		expect(made).toBe(1);
		const [file] = (await PostalMime.parse(received[0] ?? '')).attachments;
		expect(file).toMatchObject({ filename: 'note.txt', mimeType: 'text/plain' });
		expect(new TextDecoder().decode(file?.content as ArrayBuffer)).toBe('With a note – ŵ');
	});

	it('is named in the outbox, and can be opened from there', async () => {
		const letter = await inOutbox('Kept');
		expect(letter?.attachments).toEqual([
			{ kind: 'test.note', reference: { word: 'Kept' }, name: 'note.txt' }
		]);
		const file = await openAttachment(letter?.id ?? '', 0);
		expect(new TextDecoder().decode(file.bytes)).toBe('Kept – ŵ');
		await expect(openAttachment(letter?.id ?? '', 1)).rejects.toThrow('does not exist');
	});

	it('that nobody can make keeps the letter from going out without it', async () => {
		received.length = 0;
		await withSystem('test', (scope) =>
			post(scope, {
				to: 'wanjiku@mavuno.example',
				subject: 'Without a maker',
				body: '',
				attachments: [{ kind: 'test.gone', reference: {}, name: 'gone.txt' }]
			})
		);
		await expect
			.poll(async () => (await inOutbox('Without a maker'))?.failure, { timeout: 10_000 })
			.toBe('Nobody makes attachments of the kind test.gone.');
		expect(received).toEqual([]);
	});
});
