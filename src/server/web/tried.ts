import { Expected, Invalid } from '#server/platform/errors.ts';

/** What would come of something, or why it would not: the page says so where a form would. */
export async function tried<R>(
	work: () => Promise<R>
): Promise<{ result: R; refused: null } | { result: null; refused: string[] }> {
	try {
		return { result: await work(), refused: null };
	} catch (failure) {
		if (!(failure instanceof Expected) || failure.status === 404) throw failure;
		const refused =
			failure instanceof Invalid ? failure.issues.map(({ message }) => message) : [failure.message];
		return { result: null, refused };
	}
}
