// Addresses that open something by themselves, so that whoever learns one has the key: a link from a letter.
const keyAddress = /^\/(i|password|paper-mail)\/[^/]+/;

export function isKeyAddress(path: string): boolean {
	return keyAddress.test(path);
}

/** An address as it may be written down: without the key, and without its query. */
export function withoutKeys(url: string): string {
	const path = url.split('?', 1)[0] ?? '/';
	return path.replace(keyAddress, '/$1/[withheld]');
}
