import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import {
	addBillingContact,
	changeBillingContact,
	changeCustomer,
	contactPapers,
	listBillingContacts,
	readBillingSettings,
	readCustomer,
	readNextReference,
	removeBillingContact,
	saveBillingSettings,
	saveNextReference,
	type ContactPaper
} from '#server/modules/billing/index.ts';
import {
	alertMarks,
	listSpendLimits,
	removeSpendLimit,
	saveSpendLimit
} from '#server/modules/usage/index.ts';
import { keptValues, toRefusal } from '#server/web/failures.ts';
import { form, inBusiness, mayDo, page, requireMember } from '#server/web/page.ts';
import { textOf } from '../../parts/fields.ts';
import { readSpendView } from './spend.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	const { businessId } = scope.actor;
	const [customer, [settings], contacts, spend, nextReference] = await Promise.all([
		readCustomer(scope, {}),
		readBillingSettings(scope, { businessIds: [businessId] }),
		listBillingContacts(scope, {}),
		readSpendView(scope),
		readNextReference(scope, {})
	]);
	return {
		title: m.papers_title(),
		done: url.searchParams.get('done'),
		customer,
		nextReference,
		spend,
		settings: settings ?? null,
		contacts: contacts.map(({ id, name, email, language, gets }) => ({
			id,
			name,
			email,
			language,
			gets
		})),
		mayChange: mayDo(scope.actor, 'billing.change')
	};
});

const text = (value: FormDataEntryValue | undefined): string =>
	typeof value === 'string' ? value : '';

const chosen = (has: (name: string) => boolean): ContactPaper[] =>
	contactPapers.filter((paper) => has(`gets-${paper}`));

const back = (done: string) => ({ to: `/billing/settings?done=${done}` });

export const actions: Actions = {
	customer: form(changeCustomer, {
		// A field named after a PIN would not come back to the form.
		input: ({ name, address, kra }) => ({
			name: text(name),
			address: text(address),
			taxPin: text(kra)
		}),
		done: () => back('customer')
	}),
	papers: form(saveBillingSettings, {
		input: ({ language, invoicesBy, customerReference }) => ({
			language: text(language),
			invoicesBy: text(invoicesBy),
			customerReference: text(customerReference)
		}),
		done: () => back('papers')
	}),
	reference: form(saveNextReference, {
		input: ({ reference }) => ({ reference: text(reference).trim() || null }),
		done: () => back('reference')
	}),
	async contact(event) {
		const { member } = await requireMember(event);
		const data = await event.request.formData();
		try {
			await addBillingContact(member, {
				name: textOf(data, 'name'),
				email: textOf(data, 'email'),
				// Any text may be posted; the use case knows the languages.
				language: textOf(data, 'language') as 'en',
				gets: chosen((name) => data.has(name))
			});
		} catch (failure) {
			return toRefusal(failure, keptValues(data));
		}
		redirect(303, back('contact').to);
	},
	change: form(changeBillingContact, {
		input: (fields) => ({
			id: text(fields['of']),
			name: text(fields['name']),
			language: text(fields['language']),
			gets: chosen((name) => name in fields)
		}),
		done: () => back('changed')
	}),
	limit: form(saveSpendLimit, {
		input: (fields) => ({
			product: text(fields['product']),
			limit: text(fields['limit']),
			period: text(fields['period']),
			marks: alertMarks.filter((mark) => `mark-${mark}` in fields),
			action: text(fields['action'])
		}),
		done: () => ({ to: '/billing/settings?done=limit#spend' })
	}),
	async unlimit(event) {
		const id = textOf(await event.request.formData(), 'of');
		await inBusiness(event, async (scope) => {
			// Sent twice, the second finds nothing left to do.
			const limits = await listSpendLimits(scope, {});
			if (limits.some((limit) => limit.id === id)) await removeSpendLimit(scope, { id });
		});
		redirect(303, '/billing/settings?done=unlimit#spend');
	},
	async remove(event) {
		const id = textOf(await event.request.formData(), 'of');
		await inBusiness(event, async (scope) => {
			// Sent twice, the second finds nothing left to do.
			const contacts = await listBillingContacts(scope, {});
			if (contacts.some((contact) => contact.id === id)) await removeBillingContact(scope, { id });
		});
		redirect(303, back('removed').to);
	}
};
