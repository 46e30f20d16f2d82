import {
	issueInvoice,
	listInvoices,
	listSubscriptions,
	renewSubscription,
	saveCustomer
} from '#server/modules/billing/index.ts';
import { recordCertificate, recordPayment } from '#server/modules/payments/index.ts';
import type { Scope } from '#server/platform/scope.ts';
import type { Calendar, StoryMonth } from '../calendar.ts';
import {
	instalmentsOfMavuno,
	mavunoLines,
	paidOnDay,
	pwaniLines,
	tanaLines,
	withheldByMavuno,
	type StoryLine
} from '../ledger.ts';
import { coOperatives } from '../prices.ts';
import { asMember, asSystem, ownerOf, type Cast, type Telling } from '../telling.ts';
import { startsOf } from './subscriptions.ts';

/**
 * The invoices of the story are 23; Mavuno's of this month has the number 387, whether Tana's came before
 * it or after.
 */
export function firstInvoiceOf(calendar: Calendar): number {
	return isBeforeThisMonth(calendar) ? 365 : 366;
}

/** Whether Tana was billed before this month's invoices went out. */
function isBeforeThisMonth(calendar: Calendar): boolean {
	return startsOf(calendar).tana.erp < calendar.month(0).start;
}

/** The day of the month on which Pwani pays. */
const pwaniPays = 6;

/** To whom the invoices go. */
export function tellCustomers({ calendar, mavuno, pwani, tana }: Telling): Promise<void> {
	const validFrom = calendar.month(12).start;
	return asSystem(async (scope) => {
		await saveCustomer(scope, {
			businessId: mavuno.businessId,
			validFrom,
			name: 'Mavuno Traders Ltd',
			address: ['Industrial Area, Lunga Lunga Road', 'P.O. Box 7718–00300, Nairobi'],
			taxPin: 'P051482937K'
		});
		await saveCustomer(scope, {
			businessId: pwani.businessId,
			validFrom,
			name: 'Pwani Farmers Co-operative',
			address: ['Kilifi Road, Mtwapa', 'P.O. Box 311–80109, Mtwapa'],
			taxPin: 'P052207714M'
		});
		await saveCustomer(scope, {
			businessId: tana.businessId,
			validFrom,
			name: 'Tana Growers Co-operative',
			address: ['Garissa Road, Hola', 'P.O. Box 64–70101, Hola'],
			taxPin: 'P051977320R'
		});
	}, calendar.startOf(validFrom));
}

/** How far the accounts of a business have been told. */
interface Accounts {
	cast: Cast;
	/** By the day of issue: what is still to be paid. */
	invoices: Map<string, { number: string; currency: string; owedMinor: bigint }>;
	/** The day on which each subscription renews next, by the product's slug. */
	renewals: Map<string, string>;
}

/** Month by month: on the first, renewals and an invoice to each business; then its payment. */
export async function tellBilling(telling: Telling): Promise<void> {
	const { calendar } = telling;
	const mavuno = await readAccounts(telling, telling.mavuno);
	const pwani = await readAccounts(telling, telling.pwani);
	const tana = await readAccounts(telling, telling.tana);
	for (let index = 1; index <= 12; index++) {
		const month = calendar.month(12 - index);
		const before = calendar.month(13 - index);
		if (index >= 3) {
			const lines = pwaniLines(index, month, before);
			await bill(telling, pwani, month, lines, lastDayOf(month), [
				{ label: coOperatives.name, percent: coOperatives.percent }
			]);
			await pay(telling, pwani, month, pwaniPays);
		}
		const last = index === 12;
		if (last && isBeforeThisMonth(calendar)) await billTana(telling, tana);
		const lines = mavunoLines(index, month, before);
		await bill(telling, mavuno, month, lines, last ? calendar.day(5) : lastDayOf(month));
		if (!last) await payAsMavuno(telling, mavuno, month, index);
	}
	await billTana(telling, tana);
}

/** One invoice at the start, which nobody has paid. */
async function billTana(telling: Telling, tana: Accounts): Promise<void> {
	const { calendar } = telling;
	const start = startsOf(calendar).tana.erp;
	const month = { start, end: calendar.day(5), days: [] };
	await bill(telling, tana, month, tanaLines(month), calendar.day(-11));
}

function readAccounts({ calendar }: Telling, cast: Cast): Promise<Accounts> {
	return asMember(
		ownerOf(cast),
		async (scope) => {
			const { invoices } = await listInvoices(scope, {});
			const subscriptions = await listSubscriptions(scope, {});
			return {
				cast,
				invoices: new Map(
					invoices.map(({ issuedOn, number, currency, totalMinor, paidMinor }) => [
						issuedOn,
						{ number, currency, owedMinor: totalMinor - paidMinor }
					])
				),
				renewals: new Map(
					subscriptions.flatMap(({ product, renewsOn }) =>
						renewsOn ? [[product.slug, renewsOn] as const] : []
					)
				)
			};
		},
		calendar.now
	);
}

async function bill(
	{ calendar, products }: Telling,
	accounts: Accounts,
	month: StoryMonth,
	lines: StoryLine[],
	dueOn: string,
	discounts: { label: string; percent: string }[] = []
): Promise<void> {
	if (accounts.invoices.has(month.start)) return;
	const currency = 'KES';
	await asSystem(
		async (scope) => {
			await renew(scope, accounts, month.start);
			const { number, totalMinor } = await issueInvoice(scope, {
				businessId: accounts.cast.businessId,
				issuedOn: month.start,
				dueOn,
				currency,
				lines: lines.map((line) => ({ ...line, productId: products[line.product] })),
				discounts
			});
			accounts.invoices.set(month.start, { number, currency, owedMinor: totalMinor });
		},
		calendar.at(month.start, '06:00')
	);
}

async function renew(scope: Scope, { cast, renewals }: Accounts, on: string): Promise<void> {
	for (const [product, renewsOn] of renewals) {
		if (renewsOn > on) continue;
		const { end } = await renewSubscription(scope, { businessId: cast.businessId, product });
		renewals.set(product, end);
	}
}

/** As a rule in one transfer; once in two, and of the last paid invoice Mavuno withheld VAT. */
async function payAsMavuno(
	telling: Telling,
	mavuno: Accounts,
	month: StoryMonth,
	index: number
): Promise<void> {
	const day = paidOnDay[index - 1] ?? 10;
	if (index === instalmentsOfMavuno.index)
		await pay(telling, mavuno, month, instalmentsOfMavuno.onDay, {
			leaveMinor: instalmentsOfMavuno.leaveMinor,
			mark: ' A'
		});
	if (index === withheldByMavuno.index) {
		await pay(telling, mavuno, month, day, { leaveMinor: withheldByMavuno.amountMinor });
		await withhold(telling, mavuno, month);
		return;
	}
	await pay(telling, mavuno, month, day);
}

interface Paying {
	/** What is not paid with this. */
	leaveMinor?: bigint;
	/** Tells two transfers for one invoice apart. */
	mark?: string;
}

async function pay(
	{ calendar }: Telling,
	{ cast, invoices }: Accounts,
	month: StoryMonth,
	dayOfMonth: number,
	{ leaveMinor = 0n, mark = '' }: Paying = {}
): Promise<void> {
	const invoice = invoices.get(month.start);
	if (!invoice || invoice.owedMinor <= leaveMinor) return;
	const receivedOn = dayOf(calendar, month, dayOfMonth);
	await asSystem(
		(scope) =>
			recordPayment(scope, {
				businessId: cast.businessId,
				invoices: [{ number: invoice.number }],
				amountMinor: invoice.owedMinor - leaveMinor,
				currency: invoice.currency,
				method: 'bank',
				reference: `FT ${invoice.number}${mark}`,
				receivedOn
			}),
		calendar.at(receivedOn, '12:00')
	);
	invoice.owedMinor = leaveMinor;
}

/** The rest of an invoice is a certificate: Mavuno has paid it to the tax authority. */
async function withhold(
	{ calendar }: Telling,
	{ cast, invoices }: Accounts,
	month: StoryMonth
): Promise<void> {
	const invoice = invoices.get(month.start);
	if (!invoice || invoice.owedMinor !== withheldByMavuno.amountMinor) return;
	const certifiedOn = dayOf(calendar, month, withheldByMavuno.onDay);
	await asSystem(
		(scope) =>
			recordCertificate(scope, {
				businessId: cast.businessId,
				number: withheldByMavuno.number,
				certifiedOn,
				amountMinor: withheldByMavuno.amountMinor,
				currency: invoice.currency,
				invoices: [{ number: invoice.number }]
			}),
		calendar.at(certifiedOn, '15:00')
	);
	invoice.owedMinor = 0n;
}

function dayOf({ today }: Calendar, month: StoryMonth, dayOfMonth: number): string {
	const day = `${month.start.slice(0, 8)}${String(dayOfMonth).padStart(2, '0')}`;
	return day < today ? day : today;
}

/** Also of the running month, of which only the days that have begun are told. */
function lastDayOf(month: StoryMonth): string {
	const last = new Date(`${month.end}T00:00:00Z`);
	last.setUTCDate(0);
	return last.toISOString().slice(0, 10);
}
