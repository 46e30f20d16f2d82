import { packFiles, type PackedFile } from '#server/platform/archive.ts';

const types = {
	csv: 'text/csv; charset=utf-8',
	json: 'application/json; charset=utf-8',
	pdf: 'application/pdf',
	zip: 'application/zip'
};

/** Smaller pieces are put together until there is so much, in characters. */
const worthSending = 16_384;

/**
 * A file that is made while it goes out, of any length: the next piece is made when the one before has left,
 * so that no more than one is ever held, and none once nobody is there to take it.
 *
 * @param name without its ending
 * @param pieces text is put together until it is worth sending, bytes go out as they come
 */
export function download(
	name: string,
	type: keyof typeof types,
	pieces: AsyncGenerator<string | Uint8Array> | Generator<string | Uint8Array>
): Response {
	const encoder = new TextEncoder();
	/** Bytes that came behind text that had to go out first. */
	let behind: Uint8Array | null = null;
	// Not in `pull` itself: what stands there is tied to the next call of it, and with it every text grows old
	// on the heap before it is cleared away.
	const make = async (): Promise<Uint8Array | null> => {
		if (behind) {
			const bytes = behind;
			behind = null;
			return bytes;
		}
		let text = '';
		while (text.length < worthSending) {
			const { value, done } = await pieces.next();
			if (done) return text === '' ? null : encoder.encode(text);
			if (typeof value === 'string') text += value;
			else if (text !== '') {
				behind = value;
				break;
			} else if (value.length > 0) return value;
		}
		return encoder.encode(text);
	};
	const body = new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				let bytes = await make();
				// A piece of nothing is no piece, and does not end the file either.
				while (bytes?.length === 0) bytes = await make();
				if (bytes) controller.enqueue(bytes);
				else controller.close();
			},
			async cancel() {
				await pieces.return(undefined);
			}
		},
		// Nothing is made before it is asked for.
		{ highWaterMark: 0 }
	);
	return new Response(body, {
		headers: {
			'content-type': types[type],
			'content-disposition': `attachment; filename="${name}.${type}"`,
			'cache-control': 'no-store'
		}
	});
}

/** Files as one archive, each made when the one before has left. */
export function downloadAll(name: string, files: AsyncIterable<PackedFile>): Response {
	return download(name, 'zip', packFiles(files));
}
