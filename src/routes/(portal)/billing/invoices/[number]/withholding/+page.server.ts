import { m } from '#lib/paraglide/messages.js';
import { readInvoice } from '#server/modules/billing/index.ts';
import {
	claimCertificate,
	listClaims,
	taxableOf,
	usuallyWithheld
} from '#server/modules/payments/index.ts';
import { form, page } from '#server/web/page.ts';
import type { Actions, PageServerLoad, PageServerLoadEvent, RequestEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params, url }: PageServerLoadEvent) => {
	const { number } = params;
	const [invoice, claims] = await Promise.all([
		readInvoice(scope, { number }),
		listClaims(scope, { invoice: number })
	]);
	return {
		title: m.withholding_title(),
		sent: url.searchParams.has('sent'),
		number: invoice.number,
		currency: invoice.currency,
		usualMinor: invoice.currency === 'KES' ? usuallyWithheld(taxableOf(invoice)) : 0n,
		claims
	};
});

const text = (value: FormDataEntryValue | undefined): string =>
	typeof value === 'string' ? value.trim() : '';

export const actions: Actions = {
	default: form(claimCertificate, {
		input: ({ certificate, certifiedOn, amountMinor }, { params }: RequestEvent) => ({
			invoice: params.number,
			number: text(certificate),
			certifiedOn: text(certifiedOn),
			amountMinor: centsOf(text(amountMinor))
		}),
		done: (_, { url }) => ({ to: `${url.pathname}?sent` })
	})
};

/** `1,370.5` in cents; undefined for what is no amount. Nothing passes through floating point. */
function centsOf(words: string): bigint | undefined {
	const [, whole, fraction = ''] =
		/^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(words.replace(/[,\s]/g, '')) ?? [];
	return whole === undefined ? undefined : BigInt(whole + fraction.padEnd(2, '0'));
}
