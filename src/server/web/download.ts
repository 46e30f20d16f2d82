const types = {
	csv: 'text/csv; charset=utf-8',
	json: 'application/json; charset=utf-8'
};

/** Smaller pieces are put together until there is so much, in characters. */
const worthSending = 16_384;

/**
 * A file that is made while it goes out, of any length: the next piece is made when the one before has left,
 * so that no more than one is ever held, and none once nobody is there to take it.
 *
 * @param name without its ending
 */
export function download(
	name: string,
	type: keyof typeof types,
	pieces: AsyncGenerator<string> | Generator<string>
): Response {
	const encoder = new TextEncoder();
	// Not in `pull` itself: what stands there is tied to the next call of it, and with it every text grows old
	// on the heap before it is cleared away.
	const make = async (): Promise<Uint8Array<ArrayBuffer> | null> => {
		let text = '';
		while (text.length < worthSending) {
			const { value, done } = await pieces.next();
			if (done) return text === '' ? null : encoder.encode(text);
			text += value;
		}
		return encoder.encode(text);
	};
	const body = new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				const bytes = await make();
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
