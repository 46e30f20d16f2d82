import { dev } from '$app/env';
import { isKeyAddress } from '#server/platform/key-addresses.ts';
import { runtime } from '#server/platform/runtime.ts';

/**
 * Strict by default: nothing inline, nothing from elsewhere, no framing. Forms may lead to us and to
 * the products on the page, since Launch is a form that redirects to one.
 */
export function secureHeaders(
	headers: Headers,
	{ path, formTargets }: { path: string; formTargets: string[] }
): void {
	const { publicUrl } = runtime();
	headers.set(
		'content-security-policy',
		[
			"default-src 'none'",
			"script-src 'self'",
			// The development server writes styles into the page; a build never does.
			dev ? "style-src 'self' 'unsafe-inline'" : "style-src 'self'",
			"img-src 'self' data:",
			"font-src 'self'",
			"connect-src 'self'",
			"manifest-src 'self'",
			"worker-src 'self'",
			`form-action ${["'self'", ...formTargets].join(' ')}`,
			"base-uri 'none'",
			"frame-ancestors 'none'"
		].join('; ')
	);
	headers.set('x-content-type-options', 'nosniff');
	headers.set('referrer-policy', referrerPolicyOf(path));
	if (isKeyAddress(path)) headers.set('x-robots-tag', 'noindex, nofollow');
	headers.set('cross-origin-opener-policy', 'same-origin');
	headers.set('cross-origin-resource-policy', 'same-origin');
	headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
	if (publicUrl.startsWith('https:'))
		headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
	// Figures of a business stay out of every cache, the browser's own included.
	if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-store');
}

/**
 * An address that is a key goes nowhere else. Where the page has forms not `no-referrer`: by that they would say no
 * origin, and be refused.
 */
function referrerPolicyOf(path: string): string {
	if (path.startsWith('/i/')) return 'no-referrer';
	return isKeyAddress(path) ? 'same-origin' : 'strict-origin-when-cross-origin';
}
