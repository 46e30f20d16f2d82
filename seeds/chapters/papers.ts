import {
	addBillingContact,
	changePlan,
	issueCreditNote,
	issueInvoices,
	listBillingContacts,
	listCreditNotes,
	listInvoices,
	listSubscriptions,
	readAgreements,
	readInvoice,
	type DraftLine
} from '#server/modules/billing/index.ts';
import {
	listBankAccounts,
	listPayments,
	recordPayment,
	saveBankAccount
} from '#server/modules/payments/index.ts';
import { listSpendLimits, saveSpendLimit } from '#server/modules/usage/index.ts';
import { asMember, asSystem, ownerOf, type Cast, type Telling } from '../telling.ts';

const currency = 'KES';

/** Where customers send what they owe. */
export function tellBankAccount({ calendar }: Telling): Promise<void> {
	return asSystem(
		async (scope) => {
			if ((await listBankAccounts(scope, {})).length > 0) return;
			await saveBankAccount(scope, {
				slug: 'demo-kes',
				bank: 'Demo Bank of Kenya',
				branch: 'Westlands',
				holder: 'Lixnet Ltd',
				accountNumber: '0100 4120 7788',
				currency
			});
		},
		calendar.startOf(calendar.month(12).start)
	);
}

/** What is put right after invoices have gone out, and what customers have arranged with the vendor. */
export async function tellPapers(telling: Telling): Promise<void> {
	await giveBack(telling);
	await askForMore(telling);
	await planDowngrade(telling);
	await arrange(telling);
}

/** SACCO was out of reach for a day of last month: Mavuno gets a day of its plan back, as credit. */
async function giveBack({ calendar, mavuno }: Telling): Promise<void> {
	const { businessId } = mavuno;
	const owner = ownerOf(mavuno);
	const invoice = await asMember(
		owner,
		async (scope) => {
			if ((await listCreditNotes(scope, {})).notes.length > 0) return null;
			const { invoices } = await listInvoices(scope, {});
			const number = invoices.find(({ issuedOn }) => issuedOn === calendar.month(1).start)?.number;
			return number ? readInvoice(scope, { number }) : null;
		},
		calendar.now
	);
	if (!invoice) return;
	const position =
		invoice.lines.findIndex(({ description }) => description.startsWith('SACCO')) + 1;
	const month = calendar.month(1);
	const issuedOn = calendar.month(0).start;
	await asSystem(
		(scope) =>
			issueCreditNote(scope, {
				businessId,
				number: invoice.number,
				issuedOn,
				reason: `SACCO was out of reach on ${String(Number(month.days[13]?.slice(8)))} ${calendar.monthName(1)}: one day of its plan`,
				what: {
					lines: [{ position, amountMinor: 1_400_000n / BigInt(month.days.length) }]
				}
			}),
		calendar.at(issuedOn, '07:30')
	);
}

const training: DraftLine = {
	kind: 'adjustment',
	description: 'Training of two tellers, a day in Mtwapa',
	quantity: '1',
	unitMinor: '750000',
	exactAmount: '7500',
	amountMinor: 750_000n,
	taxClass: 'standard',
	taxIncluded: false
};

/** A day of training that Pwani's invoice of last month left out. */
async function askForMore({ calendar, pwani }: Telling): Promise<void> {
	const { businessId } = pwani;
	const issuedOn = calendar.month(1).days[2] ?? calendar.month(1).start;
	const told = await asMember(
		ownerOf(pwani),
		async (scope) => (await listInvoices(scope, {})).invoices,
		calendar.now
	);
	const corrected = told.find((invoice) => invoice.issuedOn === calendar.month(1).start);
	if (!corrected) return;
	const known = told.find((invoice) => invoice.issuedOn === issuedOn);
	if (known?.status === 'paid') return;
	const { number, totalMinor } =
		known ??
		(await asSystem(
			async (scope) => {
				const [issued] = await issueInvoices(scope, [
					{
						businessId,
						issuedOn,
						dueOn: calendar.month(0).start,
						currency,
						kind: 'debit_note',
						correctsInvoiceId: corrected.id,
						lines: [training]
					}
				]);
				if (!issued) throw new Error('What was asked for was issued.');
				return issued;
			},
			calendar.at(issuedOn, '10:00')
		));
	const receivedOn = calendar.month(1).days[9] ?? issuedOn;
	await asSystem(
		(scope) =>
			recordPayment(scope, {
				businessId,
				invoices: [{ number }],
				amountMinor: totalMinor,
				currency,
				method: 'mpesa',
				reference: 'TJK4R7WQ2A',
				payer: 'Amina Salim',
				receivedOn
			}),
		calendar.at(receivedOn, '11:20')
	);
}

/** Tana sends some of what it owes, six days ago. */
export async function payInPart({ calendar, tana }: Telling): Promise<void> {
	const { businessId } = tana;
	const found = await asMember(
		ownerOf(tana),
		async (scope) => ({
			payments: await listPayments(scope, {}),
			invoices: (await listInvoices(scope, {})).invoices
		}),
		calendar.now
	);
	const [invoice] = found.invoices;
	if (!invoice || found.payments.payments.length > 0) return;
	const receivedOn = calendar.day(-6);
	await asSystem(
		(scope) =>
			recordPayment(scope, {
				businessId,
				invoices: [{ number: invoice.number }],
				amountMinor: 1_000_000n,
				currency,
				method: 'mpesa',
				reference: 'TKL8M2ZX5C',
				payer: 'Hawa Dida',
				receivedOn
			}),
		calendar.at(receivedOn, '16:05')
	);
}

/** Pwani goes on with the smaller plan from the next month. */
async function planDowngrade({ calendar, pwani }: Telling): Promise<void> {
	const owner = ownerOf(pwani);
	await asMember(
		owner,
		async (scope) => {
			const [subscription] = await listSubscriptions(scope, {});
			const [agreement] = await readAgreements(scope, {});
			if (!subscription || !agreement || agreement.next) return;
			await changePlan(scope, {
				subscriptionId: subscription.id,
				plan: 'growth'
			});
		},
		calendar.ago(600)
	);
}

/** Who gets Mavuno's papers by mail, and what its products may cost in a month. */
async function arrange({ calendar, mavuno }: Telling): Promise<void> {
	await addContact(mavuno, calendar.at(calendar.day(-55), '09:40'), calendar.now);
	const at = calendar.at(calendar.day(-40), '10:25');
	await asMember(
		ownerOf(mavuno),
		async (scope) => {
			if ((await listSpendLimits(scope, {})).length > 0) return;
			await saveSpendLimit(scope, { limit: '12,000', marks: [90, 100] });
		},
		at
	);
}

async function addContact(cast: Cast, at: Date, now: Date): Promise<void> {
	const owner = ownerOf(cast);
	const known = await asMember(owner, (scope) => listBillingContacts(scope, {}), now);
	if (known.length > 0) return;
	await addBillingContact(
		owner,
		{
			name: 'Wachira & Partners, accountants',
			email: 'books@wachira.example',
			language: 'en',
			gets: ['invoices', 'receipts']
		},
		{ at }
	);
}
