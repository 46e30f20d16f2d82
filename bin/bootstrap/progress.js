/**
 * Numbered steps with the seconds they take, on standard error, so that a command's own output stays
 * clean. On a terminal the line counts along; elsewhere a long step says every ten seconds that it
 * is still at work. A step is only announced when it is taken: a start that has nothing to do is quiet.
 *
 * @typedef {{ step<T>(title: string, work: () => T | Promise<T>): Promise<T>, taken: number }} Progress
 */

/**
 * @param {{ stream?: { write(text: string): unknown, isTTY?: boolean | undefined }, taken?: number, now?: () => number }} [options]
 * `taken`: steps that an earlier process of the same command has printed.
 * @returns {Progress}
 */
export function createProgress({
	stream = process.stderr,
	taken = 0,
	now = () => performance.now()
} = {}) {
	const terminal = stream.isTTY === true;
	return {
		taken,
		async step(title, work) {
			const label = `${String(++this.taken).padStart(2)}  ${title}`;
			const began = now();
			const seconds = () => `${Math.round((now() - began) / 1000)} s`;
			stream.write(terminal ? label : `${label} …\n`);
			const beat = setInterval(
				() => stream.write(terminal ? `\r${label}  ${seconds()}` : `    … ${seconds()}\n`),
				terminal ? 1000 : 10_000
			);
			beat.unref();
			const end = (/** @type {string} */ word) => {
				clearInterval(beat);
				const took = `${((now() - began) / 1000).toFixed(1)} s`;
				stream.write(terminal ? `\r${label}  ${word} ${took}\n` : `    ${word} ${took}\n`);
			};
			try {
				const result = await work();
				end('done in');
				return result;
			} catch (error) {
				end('failed after');
				throw error;
			}
		}
	};
}
