import { on } from '../../platform/jobs.ts';
import { withSystem } from '../../platform/doors.ts';
import { defineAttachment } from '../../platform/mail-attachments.ts';
import { post } from '../../platform/mail.ts';
import { runtime } from '../../platform/runtime.ts';
import {
	contactEndLink,
	listBillingContacts,
	paperFigures,
	readBillingSettings,
	type PaperLanguage
} from '../billing/index.ts';
import { listMembers } from '../businesses/index.ts';
import { readReceipt, type Receipt } from './archive.ts';
import { printReceipt } from './receipt.ts';

const receiptFile = defineAttachment<{
	businessId: string;
	number: string;
	language: PaperLanguage;
}>('payments.receipt', {
	type: 'application/pdf',
	make: async ({ businessId, number, language }) => {
		const receipt = await withSystem('payments.receipt', (scope) =>
			readReceipt(scope, { businessId, number })
		);
		return printReceipt(receipt, language);
	}
});

/** What is older goes by no mail: a history that was brought in, jobs that stood still. */
const freshMs = 3 * 86_400_000;

on('payment.received', 'payments.receipt-mail', async (scope, { businessId, data, occurredAt }) => {
	if (scope.now.getTime() - occurredAt.getTime() > freshMs) return;
	const receipt = await readReceipt(scope, { businessId, number: data.number });
	// Taken back before the letter was written.
	if (receipt.reversedOn !== null) return;
	const [[settings], contacts, members] = await Promise.all([
		readBillingSettings(scope, { businessIds: [businessId] }),
		listBillingContacts(scope, { businessId }),
		listMembers(scope, { businessId })
	]);
	const language = settings?.language ?? 'en';
	const written = contacts.filter(({ gets }) => gets.includes('receipts'));
	const addresses = new Set(written.map(({ email }) => email.toLowerCase()));
	const people = [
		...written.map((contact) => ({ ...contact, end: contactEndLink(contact) })),
		// Where nobody was named for them, those who answer for the business's money.
		...(written.length > 0
			? []
			: members
					.filter(({ role }) => role === 'owner' || role === 'billing')
					.filter(({ email }) => !addresses.has(email.toLowerCase()))
					.map(({ name, email }) => ({ name, email, language, end: null })))
	];
	for (const { name, email, language, end } of people)
		await post(scope, {
			to: email,
			...letterOf(receipt, { name, language, end }),
			attachments: [
				receiptFile(`${receipt.number}.pdf`, { businessId, number: receipt.number, language })
			]
		});
});

/** Plain text, in the reader's language. */
export function letterOf(
	receipt: Receipt,
	{ name, language, end }: { name: string; language: PaperLanguage; end: string | null }
): { subject: string; body: string } {
	const write = paperFigures(language, receipt.currency);
	const amount = write.money(receipt.amountMinor);
	const parts = receipt.allocations.map(
		({ invoiceNumber, amountMinor }) => `${invoiceNumber}: ${write.money(amountMinor)}`
	);
	const credit = receipt.creditMinor > 0n ? write.money(receipt.creditMinor) : null;
	const day = write.day(receipt.receivedOn);
	const address = `${runtime().publicUrl}/billing/payments/${receipt.number}`;
	if (language === 'sw')
		return {
			subject: `Stakabadhi ${receipt.number}: ${amount}`,
			body: letter([
				`Habari ${name},`,
				`Tumepokea ${amount} tarehe ${day} (${receipt.reference}). Asante.`,
				[...parts, ...(credit === null ? [] : [`Salio lako: ${credit}`])].join('\n'),
				`Stakabadhi imeambatishwa, na iko hapa pia:\n${address}`,
				end === null ? null : `Kama hutaki kupokea barua hizi, zisimamishe hapa:\n${end}`
			])
		};
	return {
		subject: `Receipt ${receipt.number}: ${amount}`,
		body: letter([
			`Hello ${name},`,
			`We received ${amount} on ${day} (${receipt.reference}). Thank you.`,
			[...parts, ...(credit === null ? [] : [`Your credit: ${credit}`])].join('\n'),
			`The receipt is attached, and stands here too:\n${address}`,
			end === null ? null : `Should you not want these mails, end them here:\n${end}`
		])
	};
}

function letter(paragraphs: (string | null)[]): string {
	return `${[...paragraphs, 'Evolve by Lixnet'].filter((text) => text !== null).join('\n\n')}\n`;
}
