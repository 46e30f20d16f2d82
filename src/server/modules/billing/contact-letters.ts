import { on } from '../../platform/jobs.ts';
import { post, type Letter } from '../../platform/mail.ts';
import { readBusiness } from '../businesses/index.ts';
import { contactEndLink, listBillingContacts, type BillingContact } from './contacts.ts';

const papers = {
	en: { invoices: 'invoices', reminders: 'payment reminders', receipts: 'receipts' },
	sw: { invoices: 'ankara', reminders: 'vikumbusho vya malipo', receipts: 'stakabadhi' }
} as const;

const lists = { en: new Intl.ListFormat('en'), sw: new Intl.ListFormat('sw') } as const;

/** What a contact gets first, so that no paper comes out of the blue. */
export function contactLetter(
	contact: BillingContact,
	{ business, by, end }: { business: string; by: string; end: string }
): Letter {
	const { language, name } = contact;
	const gets = lists[language].format(contact.gets.map((paper) => papers[language][paper]));
	if (language === 'sw')
		return {
			to: contact.email,
			subject: `Utapokea hati za malipo za ${business}`,
			body: `Habari ${name},

${by} amekuongeza kuwa mtu wa kupokea hati za malipo za ${business} kutoka Evolve by Lixnet. Utatumiwa: ${gets}.

Huhitaji akaunti wala kufanya chochote. Kama hutaki kupokea barua hizi, zisimamishe hapa:

${end}

Evolve by Lixnet
`
		};
	return {
		to: contact.email,
		subject: `You will get billing papers of ${business}`,
		body: `Hello ${name},

${by} has made you a billing contact of ${business} on Evolve Business. We will mail you its ${gets}.

You need no account, and there is nothing to do. Should you not want these mails, end them here:

${end}

Evolve by Lixnet
`
	};
}

on('billing.contact-added', 'billing.contact-letter', async (scope, event) => {
	const { businessId, actor, data } = event;
	const contact = (await listBillingContacts(scope, { businessId })).find(
		({ id }) => id === data.contactId
	);
	// Removed again before the letter was written.
	if (!contact) return;
	const { name } = await readBusiness(scope, { businessId });
	await post(
		scope,
		contactLetter(contact, { business: name, by: actor.name, end: contactEndLink(contact) })
	);
});
