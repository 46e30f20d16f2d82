import { expect, it } from 'vitest';
import { TooMany } from '../../platform/errors.ts';
import { GroupQueue, type Waiting } from './queue.ts';

function make(limits: Partial<ConstructorParameters<typeof GroupQueue>[0]> = {}) {
	const groups: Waiting<string, string>[][] = [];
	let now = 0;
	const finish: (() => void)[] = [];
	const queue = new GroupQueue<string, string>(
		{ group: 10, small: 0, writers: 1, waiting: 20, patience: 1_000, ...limits },
		(group) => {
			groups.push(group);
			return new Promise((resolve) => {
				finish.push(() => {
					for (const { item, settle } of group) settle.resolve(`${item} written`);
					resolve();
				});
			});
		},
		() => now
	);
	return {
		queue,
		items: () => groups.map((group) => group.map(({ item }) => item)),
		async finish() {
			finish.shift()?.();
			await new Promise((resolve) => setImmediate(resolve));
		},
		pass(ms: number) {
			now += ms;
		}
	};
}

it('writes at once what comes alone, and together what came meanwhile', async () => {
	const { queue, items, finish } = make();
	const answers = ['a', 'b', 'c'].map((item) => queue.add(item, 1));
	expect(items()).toEqual([['a']]);
	await finish();
	expect(items()).toEqual([['a'], ['b', 'c']]);
	await finish();
	expect(await Promise.all(answers)).toEqual(['a written', 'b written', 'c written']);
});

it('keeps the order, and a group within its weight unless one item alone is heavier', async () => {
	const { queue, items, finish } = make();
	for (const [item, weight] of [
		['a', 1],
		['b', 6],
		['c', 5],
		['d', 4]
	] as const)
		void queue.add(item, weight);
	await finish();
	await finish();
	void queue.add('e', 15);
	await finish();
	expect(items()).toEqual([['a'], ['b'], ['c', 'd'], ['e']]);
});

it('lets a small group wait a moment for those who were just answered, and no longer', async () => {
	const { queue, items, finish } = make({ small: 6 });
	for (const item of ['a', 'b', 'c', 'd', 'e']) void queue.add(item, 1);
	await finish();
	expect(items()).toEqual([['a'], ['b', 'c', 'd', 'e']]);
	void queue.add('f', 1);
	void queue.add('g', 1);
	// Four are answered while two wait: six are expected.
	await finish();
	for (const item of ['h', 'i', 'j']) void queue.add(item, 1);
	expect(items()).toHaveLength(2);
	void queue.add('k', 1);
	expect(items().at(-1)).toEqual(['f', 'g', 'h', 'i', 'j', 'k']);

	void queue.add('l', 1);
	await finish();
	expect(items()).toHaveLength(3);
	await new Promise((resolve) => setTimeout(resolve, 20));
	expect(items().at(-1)).toEqual(['l']);
});

it('begins a group beside another when it is not small, and never more than may be', async () => {
	const { queue, items, finish } = make({ small: 5, writers: 2 });
	void queue.add('a', 1);
	void queue.add('b', 4);
	expect(items()).toEqual([['a']]);
	void queue.add('c', 1);
	expect(items()).toEqual([['a'], ['b', 'c']]);
	void queue.add('d', 9);
	expect(items()).toHaveLength(2);
	await finish();
	expect(items()).toEqual([['a'], ['b', 'c'], ['d']]);
});

it('lets nobody wait where one caller sends one thing after the other', async () => {
	const { queue, items, finish } = make({ small: 5 });
	void queue.add('a', 1);
	await finish();
	void queue.add('b', 1);
	expect(items()).toEqual([['a'], ['b']]);
});

it('turns callers away when too much waits, and takes them again when it is written', async () => {
	const { queue, finish } = make();
	void queue.add('a', 1);
	void queue.add('b', 20);
	expect(() => queue.add('c', 1)).toThrow(TooMany);
	await finish();
	await finish();
	void queue.add('c', 1);
	expect(() => {
		queue.admit();
	}).not.toThrow();
});

it('turns callers away when the first has waited too long', () => {
	const { queue, pass } = make();
	void queue.add('a', 1);
	void queue.add('b', 1);
	pass(1_000);
	expect(() => {
		queue.admit();
	}).not.toThrow();
	pass(1);
	expect(() => {
		queue.admit();
	}).toThrow(TooMany);
});

it('shares callers out among groups, so that half is prepared while the other half is written', async () => {
	const { queue, items, finish } = make({ small: 2 });
	for (const item of ['a', 'b', 'c', 'd', 'e', 'f']) void queue.add(item, 1);
	await finish();
	expect(items()).toEqual([['a'], ['b', 'c', 'd']]);
	void queue.add('a2', 1);
	await finish();
	expect(items().at(-1)).toEqual(['e', 'f', 'a2']);
});

it('waits for those who were answered together before it begins with the first of them', async () => {
	const { queue, items, finish } = make({ small: 4 });
	for (const item of ['a', 'b', 'c', 'd', 'e']) void queue.add(item, 1);
	await finish();
	await finish();
	for (const item of ['f', 'g', 'h']) void queue.add(item, 1);
	expect(items()).toHaveLength(2);
	void queue.add('i', 1);
	expect(items().at(-1)).toEqual(['f', 'g', 'h', 'i']);
});

it('turns callers away when what waits would take too long at the pace of late', async () => {
	const { queue, finish, pass } = make({ waiting: 1_000 });
	void queue.add('a', 10);
	// Ten in two seconds: five are written in the second that is the patience.
	pass(2_000);
	await finish();
	void queue.add('b', 4);
	expect(() => {
		queue.admit();
	}).not.toThrow();
	void queue.add('c', 4);
	expect(() => queue.add('d', 1)).toThrow(TooMany);
});

it('turns away after all whoever waited in vain, rather than answer too late', async () => {
	const { queue, items, finish, pass } = make();
	void queue.add('a', 1);
	const late = queue.add('b', 1);
	pass(1_601);
	const told = expect(late).rejects.toThrow(TooMany);
	await finish();
	await told;
	expect(items()).toEqual([['a']]);
	void queue.add('c', 1);
	expect(items()).toEqual([['a'], ['c']]);
});
