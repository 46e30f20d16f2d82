import { expect } from 'vitest';

/** The portal under test, by its address. */
interface Portal {
	url: string;
}

/** Sends a form as a browser does, without following where it leads. */
export function postForm(
	portal: Portal,
	path: string,
	cookie: string,
	fields: Record<string, string>
): Promise<Response> {
	return fetch(portal.url + path, {
		method: 'POST',
		redirect: 'manual',
		headers: {
			cookie,
			origin: portal.url,
			// As a browser asks: otherwise the answer is an object and no page.
			accept: 'text/html',
			'content-type': 'application/x-www-form-urlencoded'
		},
		body: new URLSearchParams(fields)
	});
}

/** Reports, with a key of the ERP, how many records a business has now. */
export async function countRecords(
	portal: Portal,
	key: string,
	subject: string,
	count: number
): Promise<void> {
	const answer = await fetch(`${portal.url}/api/v1/events`, {
		method: 'POST',
		headers: { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents+json' },
		body: JSON.stringify({
			specversion: '1.0',
			id: crypto.randomUUID(),
			source: '/journey',
			type: 'com.lixnet.erp.records.counted',
			subject,
			time: new Date().toISOString(),
			data: { count }
		})
	});
	expect(await answer.json()).toMatchObject({ new: 1 });
}
