export interface PackedFile {
	/** Unique in the archive, of letters that every system takes. */
	name: string;
	bytes: Uint8Array;
	/** When it is said to be from. */
	at: Date;
}

/**
 * Files as one ZIP archive, each written when it has been made: no more than one is ever held. They are
 * stored as they are, since what is packed here (PDFs) is pressed together already.
 */
export async function* packFiles(files: AsyncIterable<PackedFile>): AsyncGenerator<Uint8Array> {
	// Loaded with the first archive, as few processes make one.
	const { Zip, ZipPassThrough } = await import('fflate');
	let made: Uint8Array[] = [];
	const zip = new Zip((error, piece) => {
		if (error) throw error;
		made.push(piece);
	});
	for await (const { name, bytes, at } of files) {
		const file = new ZipPassThrough(name);
		file.mtime = at;
		zip.add(file);
		file.push(bytes, true);
		yield* made;
		made = [];
	}
	zip.end();
	yield* made;
}
