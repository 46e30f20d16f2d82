import { sql } from 'kysely';
import { authorize, type Scope, type System } from '../../platform/scope.ts';
import { listBusinesses } from '../businesses/index.ts';
import type { TaxClass } from '../rating/index.ts';
import type { Account, DocumentKind } from './accounts.ts';
import type { Posting } from './post.ts';

/** What a document comes to by the module that made it. */
export interface Claim {
	businessId: string;
	document: { kind: DocumentKind; id: string; reference: string };
	/** Of the document, and so of its first entry. */
	onDay: string;
	currency: string;
	/** What its entries come to together. */
	postings: Posting[];
}

/** What is left to pay of an invoice, by the module that made it. */
export interface Owed {
	businessId: string;
	invoice: { id: string; number: string };
	currency: string;
	amountMinor: bigint;
}

/** What a document says of itself and what it adds up from, where the two are apart. */
export interface Apart {
	businessId: string;
	document: { kind: DocumentKind; reference: string };
	/** What was paid, by its settlements; what was given back, by what gives it back. */
	of: 'settled' | 'credited';
	currency: string;
	saidMinor: bigint;
	sumMinor: bigint;
}

export interface Books {
	claims: Claim[];
	owed: Owed[];
	apart: Apart[];
}

/** Where the ledger and a document say different things. */
export interface Disagreement {
	businessId: string;
	/** Of the document; `reference` is what is printed on it. */
	document: { kind: DocumentKind; reference: string };
	what:
		| { is: 'unbalanced'; amountMinor: bigint; currency: string; postings: number }
		| { is: 'not-posted' }
		| { is: 'no-document' }
		| { is: 'dated'; ledger: string; document: string }
		| ({ is: 'apart' } & Pick<Apart, 'of' | 'currency' | 'saidMinor' | 'sumMinor'>)
		| {
				is: 'amount' | 'owed';
				account: Account;
				taxRate: string | null;
				taxClass: TaxClass | null;
				currency: string;
				ledgerMinor: bigint;
				documentMinor: bigint;
		  };
}

export interface Verified {
	businesses: number;
	entries: number;
	disagreements: Disagreement[];
}

/** So many businesses are compared at once. */
const batch = 200;

/**
 * Compares the whole ledger with the documents: each entry balances, each document has its entries and
 * each entry its document, what they come to is the same, and so is what each invoice still asks for.
 * It looks at one moment, whatever is written meanwhile, and so has to be what its door begins with.
 *
 * @param readBooks the documents of these businesses, from the modules that made them
 */
export async function verifyLedger(
	scope: Scope<System>,
	readBooks: (scope: Scope<System>, input: { businessIds: string[] }) => Promise<Books>
): Promise<Verified> {
	authorize(scope, 'ledger.verify');
	await sql`set transaction isolation level repeatable read, read only`.execute(scope.db);
	const businessIds = (await listBusinesses(scope, {})).map(({ id }) => id);
	let entries = 0;
	const disagreements: Disagreement[] = [];
	for (let start = 0; start < businessIds.length; start += batch) {
		const some = businessIds.slice(start, start + batch);
		const [posted, books] = [
			await readPosted(scope, some),
			await readBooks(scope, { businessIds: some })
		];
		entries += posted.entries.length;
		disagreements.push(...compare(posted, books));
	}
	return { businesses: businessIds.length, entries, disagreements };
}

type Posted = Awaited<ReturnType<typeof readPosted>>;

async function readPosted({ db }: Scope, businessIds: string[]) {
	const [entries, sums] = await Promise.all([
		db
			.selectFrom('ledger.entries as e')
			.leftJoin('ledger.postings as p', (join) =>
				join.onRef('p.business_id', '=', 'e.business_id').onRef('p.entry_id', '=', 'e.id')
			)
			.select(['e.business_id', 'e.on_day', 'e.document_kind', 'e.document_id', 'e.reference'])
			.select((eb) => [
				'e.currency',
				eb.fn.count<bigint>('p.position').as('postings'),
				sql<string>`coalesce(sum(p.amount_minor), 0)`.as('balance')
			])
			.where('e.business_id', '=', sql<string>`any(${businessIds})`)
			.groupBy(['e.business_id', 'e.id'])
			.orderBy('e.business_id')
			// What undoes a document has a day of its own.
			.orderBy(sql`e.kind = 'reversed'`)
			.orderBy('e.id')
			.execute(),
		db
			.selectFrom('ledger.entries as e')
			.innerJoin('ledger.postings as p', (join) =>
				join.onRef('p.business_id', '=', 'e.business_id').onRef('p.entry_id', '=', 'e.id')
			)
			.select(['e.business_id', 'e.document_kind', 'e.document_id', 'e.currency', 'p.account'])
			.select([
				'p.invoice_id',
				'p.tax_rate',
				'p.tax_class',
				sql<string>`sum(p.amount_minor)`.as('amount')
			])
			.where('e.business_id', '=', sql<string>`any(${businessIds})`)
			.groupBy(['e.business_id', 'e.document_kind', 'e.document_id', 'e.currency', 'p.account'])
			.groupBy(['p.invoice_id', 'p.tax_rate', 'p.tax_class'])
			.execute()
	]);
	return { entries, sums };
}

function compare({ entries, sums }: Posted, { claims, owed, apart }: Books): Disagreement[] {
	const found: Disagreement[] = apart.map(({ businessId, document, ...what }) => ({
		businessId,
		document,
		what: { is: 'apart', ...what }
	}));
	const days = new Map<string, string>();
	const known = new Set(claims.map(({ businessId, document }) => keyOf(businessId, document)));
	for (const entry of entries) {
		const document = { kind: entry.document_kind as DocumentKind, id: entry.document_id };
		const of = {
			businessId: entry.business_id,
			document: { kind: document.kind, reference: entry.reference }
		};
		const amountMinor = BigInt(entry.balance);
		const postings = Number(entry.postings);
		if (amountMinor !== 0n || postings < 2)
			found.push({
				...of,
				what: { is: 'unbalanced', amountMinor, currency: entry.currency, postings }
			});
		const key = keyOf(entry.business_id, document);
		if (!known.has(key)) found.push({ ...of, what: { is: 'no-document' } });
		// Whatever takes an entry back is of its day or later.
		const day = days.get(key);
		if (day === undefined || entry.on_day < day) days.set(key, entry.on_day);
	}

	const posted = new Map<string, Amounts>();
	const receivable = new Map<string, Amounts>();
	for (const { business_id, document_kind, document_id, ...sum } of sums) {
		const amount = {
			account: sum.account as Account,
			currency: sum.currency,
			invoiceId: sum.invoice_id,
			taxRate: sum.tax_rate,
			taxClass: sum.tax_class as TaxClass | null,
			amountMinor: BigInt(sum.amount)
		};
		const kind = document_kind as DocumentKind;
		add(posted, keyOf(business_id, { kind, id: document_id }), amount);
		if (sum.invoice_id !== null)
			add(receivable, keyOf(business_id, { kind: 'invoice', id: sum.invoice_id }), amount);
	}

	for (const { businessId, document, onDay, currency, postings } of claims) {
		const of = { businessId, document: { kind: document.kind, reference: document.reference } };
		const key = keyOf(businessId, document);
		const day = days.get(key);
		if (day === undefined) {
			// What comes to nothing moves nothing.
			if (postings.some(({ amountMinor }) => amountMinor !== 0n))
				found.push({ ...of, what: { is: 'not-posted' } });
			continue;
		}
		if (day !== onDay) found.push({ ...of, what: { is: 'dated', ledger: day, document: onDay } });
		const claimed: Amounts = new Map();
		for (const { invoiceId = null, taxRate = null, taxClass = null, ...posting } of postings)
			addAmount(claimed, { ...posting, currency, invoiceId, taxRate, taxClass });
		found.push(
			...differences(posted.get(key), claimed).map((what) => ({
				...of,
				what: { is: 'amount' as const, ...what }
			}))
		);
	}

	for (const { businessId, invoice, currency, amountMinor } of owed) {
		const left: Amounts = new Map();
		addAmount(left, {
			account: 'receivable',
			currency,
			invoiceId: invoice.id,
			taxRate: null,
			taxClass: null,
			amountMinor
		});
		found.push(
			...differences(
				receivable.get(keyOf(businessId, { kind: 'invoice', id: invoice.id })),
				left
			).map((what) => ({
				businessId,
				document: { kind: 'invoice' as const, reference: invoice.number },
				what: { is: 'owed' as const, ...what }
			}))
		);
	}
	return found;
}

interface Amount {
	account: Account;
	currency: string;
	invoiceId: string | null;
	taxRate: string | null;
	taxClass: TaxClass | null;
	amountMinor: bigint;
}
type Amounts = Map<string, Amount>;

function keyOf(businessId: string, document: { kind: DocumentKind; id: string }): string {
	return `${businessId} ${document.kind} ${document.id}`;
}

function add(all: Map<string, Amounts>, key: string, amount: Amount): void {
	const amounts: Amounts = all.get(key) ?? new Map();
	addAmount(amounts, amount);
	all.set(key, amounts);
}

function addAmount(amounts: Amounts, amount: Amount): void {
	const { account, currency, invoiceId, taxRate, taxClass } = amount;
	const key = [account, currency, invoiceId, taxRate, taxClass].join(' ');
	const before = amounts.get(key)?.amountMinor ?? 0n;
	amounts.set(key, { ...amount, amountMinor: before + amount.amountMinor });
}

function differences(ledger: Amounts = new Map(), document: Amounts) {
	return [...new Set([...ledger.keys(), ...document.keys()])].flatMap((key) => {
		const amount = ledger.get(key) ?? document.get(key);
		const ledgerMinor = ledger.get(key)?.amountMinor ?? 0n;
		const documentMinor = document.get(key)?.amountMinor ?? 0n;
		if (!amount || ledgerMinor === documentMinor) return [];
		const { account, taxRate, taxClass, currency } = amount;
		return [{ account, taxRate, taxClass, currency, ledgerMinor, documentMinor }];
	});
}
