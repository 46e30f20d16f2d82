import type { Issue } from '#server/platform/errors.ts';
import { isUtf8, parseJson, type ContentType } from '../body.ts';
import { refusal } from './format.ts';
import { attributeName } from './schema.ts';

// The binary mode of the HTTP binding: attributes are headers, the body is the data.

const prefix = 'ce-';

/** True when a request carries an event in its headers. */
export function isBinary(headers: Iterable<[string, string]>): boolean {
	for (const [name] of headers) if (name.startsWith(prefix)) return true;
	return false;
}

/**
 * The event of a request in binary mode, as the JSON format would write it.
 * @param repeated names, in small letters, of headers that were sent more than once
 * @throws Invalid `duplicate_header`, `invalid_header`, `invalid_attribute_name`, `invalid_json`
 */
export function readBinary(
	headers: Iterable<[string, string]>,
	repeated: ReadonlySet<string>,
	contentType: ContentType | null,
	body: Buffer
): Record<string, unknown> {
	// Without a prototype: an attribute may be called anything.
	const event = Object.create(null) as Record<string, unknown>;
	const issues: Issue[] = [];
	for (const [header, value] of headers) {
		if (!header.startsWith(prefix)) continue;
		const name = header.slice(prefix.length);
		if (repeated.has(header))
			issues.push({
				path: name,
				code: 'duplicate_header',
				message: `${header} came more than once.`
			});
		else if (!attributeName.test(name))
			issues.push({
				path: name,
				code: 'invalid_attribute_name',
				message: 'Names of attributes are small letters and digits.'
			});
		else if (name === 'datacontenttype')
			issues.push({
				path: name,
				code: 'invalid_header',
				message: 'The content type of the data is the Content-Type of the request.'
			});
		else if (name === 'data')
			issues.push({ path: name, code: 'invalid_header', message: 'The data is the body.' });
		else {
			const decoded = decode(value);
			if (decoded !== null) event[name] = decoded;
			else
				issues.push({
					path: name,
					code: 'invalid_header',
					message: `${header} is not percent-encoded UTF-8.`
				});
		}
	}
	if (issues.length > 0) throw refusal(issues);
	return { ...event, ...readData(contentType, body) };
}

/** Percent-encoded UTF-8, which may stand in double quotes (RFC 9110, 5.6.4). */
function decode(value: string): string | null {
	// Anything beyond ASCII arrives as single bytes and means nothing.
	if (!/^[\t\u0020-\u007e]*$/.test(value)) return null;
	const quoted = /^"(.*)"$/s.exec(value)?.[1];
	const text = quoted === undefined ? value : quoted.replace(/\\(.)/gs, '$1');
	try {
		return decodeURIComponent(text);
	} catch (error) {
		if (error instanceof URIError) return null;
		throw error;
	}
}

/** JSON as `data`, anything else as bytes: no meter reads it, and it is kept as it came. */
function readData(contentType: ContentType | null, body: Buffer): Record<string, unknown> {
	if (!contentType) return body.length === 0 ? {} : { data_base64: body.toString('base64') };
	const attribute = { datacontenttype: contentType.text };
	if (body.length === 0) return attribute;
	return isJson(contentType) && isUtf8(contentType)
		? { datacontenttype: 'application/json', data: parseJson(body) }
		: { ...attribute, data_base64: body.toString('base64') };
}

function isJson({ type }: ContentType): boolean {
	return /^(application|text)\/json$|\+json$/.test(type);
}
