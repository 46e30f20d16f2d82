/** A file that goes along with a letter: named when the letter is posted, made when it is delivered. */
export interface Attachment {
	kind: string;
	/** What the file is made of: ids and words, kept as JSON with the letter. */
	reference: Record<string, string>;
	/** With its ending, as whoever gets the letter sees it. */
	name: string;
}

export interface MadeAttachment {
	name: string;
	/** Its media type, such as `application/pdf`. */
	type: string;
	bytes: Uint8Array;
}

interface Maker {
	type: string;
	/** Opens its own doors: a file may take long to make, and no transaction waits for it. */
	make: (reference: never) => Promise<Uint8Array>;
}

const makers = new Map<string, Maker>();

/**
 * Declares at import time how files of a kind are made. A letter holds the reference alone, so it survives
 * a restart, and nothing is stored twice. What is made of a reference should be the same each time.
 * @param kind who and what, such as `billing.invoice`; letters that wait name it, so it stays as it is
 * @returns what puts such a file to a letter
 */
export function defineAttachment<R extends Record<string, string>>(
	kind: string,
	maker: { type: string; make: (reference: R) => Promise<Uint8Array> }
): (name: string, reference: R) => Attachment {
	if (makers.has(kind)) throw new Error(`The attachment ${kind} is declared twice.`);
	makers.set(kind, maker as Maker);
	return (name, reference) => ({ kind, reference, name });
}

/** @throws Error for a kind that no module declares any more; whatever its maker throws */
export async function makeAttachment({
	kind,
	reference,
	name
}: Attachment): Promise<MadeAttachment> {
	const maker = makers.get(kind);
	if (!maker) throw new Error(`Nobody makes attachments of the kind ${kind}.`);
	return { name, type: maker.type, bytes: await maker.make(reference as never) };
}
