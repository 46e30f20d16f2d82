export type { Account, DocumentKind, EntryKind } from './accounts.ts';
export { holdCredit, readBalances, type Balance } from './balances.ts';
export { listAccountEntries, listEntries, type Entry } from './entries.ts';
export { greatestMinor, post, postAll, type NewEntry, type Posting } from './post.ts';
export { readStatements, type Statement, type StatementEntry } from './statement.ts';
export {
	verifyLedger,
	type Apart,
	type Books,
	type Claim,
	type Disagreement,
	type Owed,
	type Verified
} from './verify.ts';
