/** The address of the live page, of one product or of all. */
export function liveAddress(slug: string | null): string {
	return slug ? `/usage/live?${new URLSearchParams({ product: slug }).toString()}` : '/usage/live';
}
