import type { Customer } from './framework/work.ts';

export interface Settings {
	port: number;
	/** The product's own address, as browsers reach it. */
	origin: string;
	portalUrl: string;
	clientId: string;
	clientSecret: string;
	apiKey: string;
	/** What the portal signs its webhooks with: `whsec_…`. */
	webhookSecret: string;
	/** Whether it goes on working a little by itself. */
	works: boolean;
	/** Where its books and unsent reports are kept; without it they live as long as the process. */
	folder: string | undefined;
	customers: Customer[];
}

/** @throws Error with a sentence for what is missing or wrong. */
export function readSettings(environment: Record<string, string | undefined>): Settings {
	const need = (name: string): string => {
		const value = environment[name]?.trim();
		if (!value)
			throw new Error(`${name} is missing: the portal's operator gives it to the product.`);
		return value;
	};
	const address = (name: string, fallback?: string): string => {
		const value = URL.parse(environment[name]?.trim() || (fallback ?? need(name)));
		if (!value || !/^https?:$/.test(value.protocol))
			throw new Error(`${name} is no address: write it like http://localhost:3000.`);
		return value.origin;
	};
	const port = Number(need('PORT'));
	if (!Number.isInteger(port) || port < 1 || port > 65_535)
		throw new Error('PORT must be a whole number from 1 to 65535.');
	return {
		port,
		origin: address('PRODUCT_URL', `http://localhost:${port}`),
		portalUrl: address('PORTAL_URL'),
		clientId: need('CLIENT_ID'),
		clientSecret: need('CLIENT_SECRET'),
		apiKey: need('API_KEY'),
		webhookSecret: need('WEBHOOK_SECRET'),
		works: environment['WORK'] === '1',
		folder: environment['STATE_DIR']?.trim() || undefined,
		customers: readCustomers(environment['CUSTOMERS'])
	};
}

function readCustomers(json: string | undefined): Customer[] {
	if (!json?.trim()) return [];
	let customers: unknown;
	try {
		customers = JSON.parse(json);
	} catch {
		throw new Error('CUSTOMERS is not JSON.');
	}
	const fits =
		Array.isArray(customers) &&
		customers.every(
			(each: Partial<Customer>) =>
				typeof each.id === 'string' &&
				typeof each.name === 'string' &&
				Number.isInteger(each.count) &&
				(each.bytes === undefined || Number.isSafeInteger(each.bytes)) &&
				Array.isArray(each.people)
		);
	if (!fits)
		throw new Error(
			'CUSTOMERS must be a list such as [{"id": "biz_…", "name": "Mavuno", "count": 156, "people": [{"name": "…", "email": "…", "role": "…"}]}].'
		);
	return customers as Customer[];
}
