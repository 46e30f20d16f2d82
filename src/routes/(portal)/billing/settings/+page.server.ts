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
	removeBillingContact,
	saveBillingSettings,
	type ContactPaper
} from '#server/modules/billing/index.ts';
import { keptValues, toRefusal } from '#server/web/failures.ts';
import { form, inBusiness, mayDo, page, requireMember } from '#server/web/page.ts';
import { textOf } from '../../parts/fields.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	const { businessId } = scope.actor;
	const [customer, [settings], contacts] = await Promise.all([
		readCustomer(scope, {}),
		readBillingSettings(scope, { businessIds: [businessId] }),
		listBillingContacts(scope, {})
	]);
	return {
		title: m.papers_title(),
		done: url.searchParams.get('done'),
		customer,
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
