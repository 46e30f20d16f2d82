/** Stands in a message where an element goes; no text contains it. */
export const hole = '\u{f8ff}';

/**
 * The text before and after the element that a sentence is written around. The message gets `hole`
 * in the element's place, so that each language puts it where its grammar wants it.
 */
export function around(sentence: string): [before: string, after: string] {
	const [before = '', after = ''] = sentence.split(hole);
	return [before, after];
}
