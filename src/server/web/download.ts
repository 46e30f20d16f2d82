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
	const body = new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				let text = '';
				while (text.length < worthSending) {
					const { value, done } = await pieces.next();
					if (done) {
						if (text !== '') controller.enqueue(encoder.encode(text));
						return controller.close();
					}
					text += value;
				}
				controller.enqueue(encoder.encode(text));
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
