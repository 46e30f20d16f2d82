import { readFile } from 'node:fs/promises';
import { Invalid } from '#server/platform/errors.ts';

/**
 * What a file says, unchecked: the use case checks it, field by field. `-` reads standard input.
 * @throws Invalid when it cannot be read, or holds no JSON object
 */
export async function readJsonFile(path: string): Promise<object> {
	const text = await readFile(path === '-' ? '/dev/stdin' : path, 'utf8').catch(() => {
		throw new Invalid([{ path: 'file', message: `There is no file ${path} that can be read.` }]);
	});
	const value = parse(text);
	if (typeof value !== 'object' || value === null || Array.isArray(value))
		throw new Invalid([{ path: 'file', message: 'The file must hold a JSON object.' }]);
	return value;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		// How a text that is no JSON is reported.
		if (error instanceof SyntaxError)
			throw new Invalid([{ path: 'file', message: `The file is no JSON: ${error.message}` }]);
		throw error;
	}
}
