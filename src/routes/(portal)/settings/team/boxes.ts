/** The name of the box for a product: each has its own, so that all are kept after an error. */
export function boxName(slug: string): string {
	return `opens-${slug}`;
}
