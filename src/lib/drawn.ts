const drawn = new WeakSet<object>();

/**
 * Marks a page's data as meant for drawing alone. Pages are not hydrated, yet the framework would still
 * write all of their data out as script text, and throw it away.
 */
export function onlyDrawn<T extends object>(data: T): T {
	drawn.add(data);
	return data;
}

export function isOnlyDrawn(value: unknown): boolean {
	return typeof value === 'object' && value !== null && drawn.has(value);
}
