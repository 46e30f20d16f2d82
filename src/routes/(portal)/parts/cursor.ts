/**
 * Where a list goes on, out of an address: whatever has not the form of a cursor begins the list anew,
 * instead of failing the page.
 */
export function readCursor(text: string | null): string | undefined {
	return text !== null && /^\d{1,15}\.[a-z]{3}_[0-9a-z]{26}$/.test(text) ? text : undefined;
}
