/** The chart of accounts, the same for every business. A debit is more than nothing, a credit less. */
export const accounts = [
	'receivable',
	'revenue',
	'tax',
	'cash',
	'credit',
	'withholding',
	'written_off'
] as const;
export type Account = (typeof accounts)[number];

/** What an entry is made for. */
export const documentKinds = [
	'invoice',
	'credit_note',
	'debit_note',
	'payment',
	'credit_use',
	'refund',
	'withholding',
	'write_off'
] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** What happened to the document; each at most once. */
export const entryKinds = [
	'issued',
	'received',
	'used',
	'paid_out',
	'certified',
	'written_off',
	'reversed'
] as const;
export type EntryKind = (typeof entryKinds)[number];
