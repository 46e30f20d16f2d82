import * as v from 'valibot';
import { runtime } from '../../platform/runtime.ts';

/** A product that needs more has two products in it. */
const most = 20;

/**
 * An address of a product, given by the vendor and compared letter for letter: a fragment or a wildcard would
 * make it stand for more than is written (RFC 6749, section 3.1.2; RFC 9700, section 2.1).
 */
export const Address = v.pipe(
	v.string('Write an address.'),
	v.trim(),
	v.maxLength(500, 'An address has at most 500 characters.'),
	v.rawCheck(({ dataset, addIssue }) => {
		if (!dataset.typed) return;
		const fault = faultOf(dataset.value);
		if (fault) addIssue({ message: fault });
	})
);

export const Addresses = v.pipe(
	v.array(Address),
	v.maxLength(most, `Give at most ${most} addresses.`),
	v.transform((addresses) => [...new Set(addresses)])
);

function faultOf(text: string): string | null {
	const url = URL.parse(text);
	if (!url || !['http:', 'https:'].includes(url.protocol))
		return 'Write the whole address, with https:// at its start.';
	if (url.username || url.password) return 'Leave the name and password out of the address.';
	if (text.includes('#')) return 'Leave out the # and what follows it.';
	if (text.includes('*')) return 'Write each address out: a * stands for nothing here.';
	if (/[\s\\]/.test(text)) return 'An address has no spaces and no backslashes in it.';
	if (url.protocol === 'http:' && !mayBePlain(url.hostname))
		return 'Write https://: what is sent to a plain http:// address can be read on its way.';
	return null;
}

/** On this machine, and at the portal's own name, which is where sample products stand. */
function mayBePlain(hostname: string): boolean {
	const { development, publicUrl } = runtime();
	return (
		development ||
		hostname === new URL(publicUrl).hostname ||
		/^(.+\.)?localhost$/.test(hostname) ||
		/^127(\.\d{1,3}){3}$/.test(hostname) ||
		hostname === '[::1]'
	);
}
