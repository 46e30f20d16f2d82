import { describe, expect, it } from 'vitest';
import { download } from './download.ts';

/** So many pieces of a kilobyte, with how many have been made and whether they were given up. */
function pieces(count: number) {
	const state = { made: 0, over: false };
	async function* make(): AsyncGenerator<string> {
		try {
			for (; state.made < count; state.made++) yield 'x'.repeat(1_023) + '\n';
		} finally {
			await Promise.resolve();
			state.over = true;
		}
	}
	return { state, made: make() };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('a download', () => {
	it('is whole, and named with its ending', async () => {
		const answer = download('activity-erp', 'csv', pieces(100).made);
		expect(answer.headers.get('content-disposition')).toBe(
			'attachment; filename="activity-erp.csv"'
		);
		expect(await answer.text()).toHaveLength(102_400);
	});

	it('takes bytes as they are, between text', async () => {
		function* mixed(): Generator<string | Uint8Array> {
			yield 'a';
			yield Uint8Array.of(0xff, 0x00);
			yield new Uint8Array();
			yield 'b';
		}
		const bytes = await download('it', 'zip', mixed()).arrayBuffer();
		expect([...new Uint8Array(bytes)]).toEqual([0x61, 0xff, 0x00, 0x62]);
	});

	it('is made no faster than it is taken', async () => {
		const { state, made } = pieces(1_000);
		const reader = download('it', 'csv', made).body?.getReader();
		await settled();
		expect(state.made).toBe(0);
		await reader?.read();
		await settled();
		expect(state.made).toBeLessThanOrEqual(17);
	});

	it('ends when nobody is there to take it', async () => {
		const { state, made } = pieces(1_000);
		const reader = download('it', 'csv', made).body?.getReader();
		await reader?.read();
		const before = state.made;
		await reader?.cancel();
		await settled();
		expect(state).toEqual({ made: before, over: true });
	});

	it('is cut where a piece cannot be made, so that nobody takes it for whole', async () => {
		function* failing(): Generator<string> {
			yield 'x'.repeat(20_000);
			throw new Error('The database went away.');
		}
		await expect(download('it', 'csv', failing()).text()).rejects.toThrow('went away');
	});
});
