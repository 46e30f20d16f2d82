import type { TaxClass } from '../rating/index.ts';

/** The languages that papers are printed in. */
export const paperLanguages = ['en', 'sw'] as const;

export type PaperLanguage = (typeof paperLanguages)[number];

/** What settles an invoice, as it is written down. */
export type SettledBy = 'payment' | 'credit_note' | 'credit' | 'withholding' | 'write_off';

export interface PaperWords {
	/** What stands at the top of each paper. */
	headings: Record<'invoice' | 'debit_note' | 'credit_note', string>;
	/** What a paper is called before its number. */
	names: Record<'invoice' | 'debit_note' | 'credit_note', string>;
	statement: string;
	receipt: string;
	issued: string;
	due: string;
	customerReference: string;
	billedTo: string;
	taxPin: string;
	lines: string;
	item: string;
	quantity: string;
	price: string;
	tax: string;
	amount: string;
	/** In the column of tax: by class where the rate alone does not say it, and that it is in the amount. */
	classes: Record<TaxClass, (rate: string) => string>;
	included: (tax: string) => string;
	sumOfLines: string;
	discount: (label: string) => string;
	beforeTax: string;
	/** By class; takes a rate and the sum that it is on. */
	vat: Record<TaxClass, (rate: string, base: string) => string>;
	total: string;
	paid: string;
	left: (date: string) => string;
	/** In capitals over the paper. */
	stamps: Record<'paid' | 'part' | 'void' | 'uncollectible', string>;
	paidInFull: (date: string) => string;
	nothingToPay: string;
	void: string;
	uncollectible: string;
	settled: string;
	date: string;
	how: string;
	reference: string;
	methods: Record<string, string>;
	sources: Record<SettledBy, string>;
	pay: string;
	/** Where the accounts stand below it, and where none does. */
	payTo: (number: string) => string;
	payHow: (number: string) => string;
	bank: string;
	accountHolder: string;
	accountNumber: string;
	swift: string;
	/** What a note is about: the invoice, its day, its number at the control unit. */
	credits: (number: string, date: string) => string;
	corrects: (number: string, date: string) => string;
	originalUnitNumber: (number: string) => string;
	reason: (reason: string) => string;
	/** Of a credit note: what became of it. */
	offInvoice: (number: string) => string;
	toCredit: string;
	controlUnit: string;
	unitSerial: string;
	unitNumber: string;
	internalData: string;
	signature: string;
	signed: string;
	code: (number: string) => string;
	notSignedYet: string;
	simulated: string;
	steps: {
		units: (quantity: string, each: string) => string;
		packages: (count: string, each: string) => string;
		percentage: (rate: string, of: string) => string;
		withFlat: (part: string, flat: string) => string;
		tier: (number: string, part: string) => string;
		minimum: (bound: string) => string;
		maximum: (bound: string) => string;
	};
	account: string;
	from: string;
	to: string;
	inCurrency: (currency: string) => string;
	document: string;
	charged: string;
	creditedOrPaid: string;
	balance: string;
	opening: string;
	closing: string;
	owed: (amount: string, date: string) => string;
	inCredit: (amount: string, date: string) => string;
	nothingOwed: (date: string) => string;
	noEntries: string;
	documents: Record<string, string>;
	writtenOff: (document: string) => string;
	reversed: (document: string) => string;
	/** Stands around the number of the page and how many there are. */
	page: [before: string, between: string];
}

/** What is printed besides the paper's own words. The README's glossary says why each Swahili word was chosen. */
export const paperWords: Record<PaperLanguage, PaperWords> = {
	en: {
		headings: { invoice: 'Tax invoice', debit_note: 'Debit note', credit_note: 'Credit note' },
		names: { invoice: 'Invoice', debit_note: 'Debit note', credit_note: 'Credit note' },
		statement: 'Statement of account',
		receipt: 'Receipt',
		issued: 'Issued',
		due: 'Due',
		customerReference: 'Your reference',
		billedTo: 'Billed to',
		taxPin: 'KRA PIN',
		lines: 'Lines',
		item: 'Item',
		quantity: 'Quantity',
		price: 'Price',
		tax: 'VAT',
		amount: 'Amount',
		classes: {
			standard: (rate) => rate,
			reduced: (rate) => rate,
			zero: () => 'Zero-rated',
			exempt: () => 'Exempt'
		},
		included: (tax) => `${tax}, included`,
		sumOfLines: 'Sum of the lines',
		discount: (label) => `Discount: ${label}`,
		beforeTax: 'Before tax',
		vat: {
			standard: (rate, base) => `VAT ${rate} on ${base}`,
			reduced: (rate, base) => `VAT ${rate}, reduced rate, on ${base}`,
			zero: (rate, base) => `VAT ${rate}, zero-rated, on ${base}`,
			exempt: (_, base) => `Exempt from VAT: ${base}`
		},
		total: 'Total',
		paid: 'Paid',
		left: (date) => `To pay by ${date}`,
		stamps: {
			paid: 'Paid',
			part: 'Partly paid',
			void: 'Void',
			uncollectible: 'Written off'
		},
		paidInFull: (date) => `Paid in full on ${date}.`,
		nothingToPay: 'There is nothing to pay.',
		void: 'This paper is void. Nothing is to be paid.',
		uncollectible: 'What was left to pay is written off.',
		settled: 'How it was paid',
		date: 'Date',
		how: 'How',
		reference: 'Reference',
		methods: { bank: 'Bank transfer', card: 'Card', cash: 'Cash', mpesa: 'M-Pesa' },
		sources: {
			payment: 'Payment',
			credit_note: 'Credit note',
			credit: 'From your credit',
			withholding: 'Withheld VAT',
			write_off: 'Written off'
		},
		pay: 'How to pay',
		payTo: (number) => `Pay by bank transfer and name ${number} as the reference.`,
		payHow: (number) =>
			`Pay by bank transfer and name ${number} as the reference. Our support gives you the account.`,
		bank: 'Bank',
		accountHolder: 'Account name',
		accountNumber: 'Account number',
		swift: 'SWIFT code',
		credits: (number, date) => `Gives back of invoice ${number} of ${date}.`,
		corrects: (number, date) => `Adds to invoice ${number} of ${date}, which asked for too little.`,
		originalUnitNumber: (number) => `Original control unit invoice number: ${number}.`,
		reason: (reason) => `Reason: ${reason}`,
		offInvoice: (number) => `Taken off invoice ${number}`,
		toCredit: 'Added to your credit',
		controlUnit: 'Control unit',
		unitSerial: 'Control unit serial number',
		unitNumber: 'Control unit invoice number',
		internalData: 'Internal data',
		signature: 'Signature',
		signed: 'Signed',
		code: (number) => `QR code of the control unit for ${number}`,
		notSignedYet: 'Not signed by the control unit yet.',
		simulated: 'Not signed by the tax authority: simulator.',
		steps: {
			units: (quantity, each) => `${quantity} × ${each}`,
			packages: (count, each) => `${count} packages × ${each}`,
			percentage: (rate, of) => `${rate} of ${of}`,
			withFlat: (part, flat) => `${part} + ${flat}`,
			tier: (number, part) => `Tier ${number}: ${part}`,
			minimum: (bound) => `Up to the minimum of ${bound}`,
			maximum: (bound) => `Down to the maximum of ${bound}`
		},
		account: 'Account of',
		from: 'From',
		to: 'To',
		inCurrency: (currency) => `Account in ${currency}`,
		document: 'Document',
		charged: 'Charged',
		creditedOrPaid: 'Paid or credited',
		balance: 'Balance',
		opening: 'Opening balance',
		closing: 'Closing balance',
		owed: (amount, date) => `${amount} to pay on ${date}.`,
		inCredit: (amount, date) => `${amount} to your credit on ${date}.`,
		nothingOwed: (date) => `Nothing to pay on ${date}.`,
		noEntries: 'Nothing was charged or paid in these days.',
		documents: {
			invoice: 'Invoice',
			credit_note: 'Credit note',
			debit_note: 'Debit note',
			payment: 'Payment',
			credit_use: 'Use of credit',
			refund: 'Refund',
			withholding: 'Withheld VAT',
			write_off: 'Write-off'
		},
		writtenOff: (document) => `${document}, written off`,
		reversed: (document) => `${document}, reversed`,
		page: ['Page', 'of']
	},
	sw: {
		headings: {
			invoice: 'Ankara ya kodi',
			debit_note: 'Hati ya kuongeza deni',
			credit_note: 'Hati ya kupunguza deni'
		},
		names: {
			invoice: 'Ankara',
			debit_note: 'Hati ya kuongeza deni',
			credit_note: 'Hati ya kupunguza deni'
		},
		statement: 'Taarifa ya akaunti',
		receipt: 'Stakabadhi',
		issued: 'Imetolewa',
		due: 'Mwisho wa kulipa',
		customerReference: 'Kumbukumbu yako',
		billedTo: 'Anayetozwa',
		taxPin: 'PIN ya KRA',
		lines: 'Mistari',
		item: 'Maelezo',
		quantity: 'Idadi',
		price: 'Bei',
		tax: 'VAT',
		amount: 'Kiasi',
		classes: {
			standard: (rate) => rate,
			reduced: (rate) => rate,
			zero: () => 'Kiwango sifuri',
			exempt: () => 'Imesamehewa'
		},
		included: (tax) => `${tax}, ndani ya bei`,
		sumOfLines: 'Jumla ya mistari',
		discount: (label) => `Punguzo: ${label}`,
		beforeTax: 'Kabla ya kodi',
		vat: {
			standard: (rate, base) => `VAT ${rate} ya ${base}`,
			reduced: (rate, base) => `VAT ${rate}, kiwango cha chini, ya ${base}`,
			zero: (rate, base) => `VAT ${rate}, kiwango sifuri, ya ${base}`,
			exempt: (_, base) => `Imesamehewa VAT: ${base}`
		},
		total: 'Jumla',
		paid: 'Imelipwa',
		left: (date) => `Ya kulipwa kufikia ${date}`,
		stamps: {
			paid: 'Imelipwa',
			part: 'Imelipwa kiasi',
			void: 'Imebatilishwa',
			uncollectible: 'Deni limefutwa'
		},
		paidInFull: (date) => `Imelipwa yote tarehe ${date}.`,
		nothingToPay: 'Hakuna cha kulipa.',
		void: 'Hati hii imebatilishwa. Hakuna cha kulipa.',
		uncollectible: 'Deni lililobaki limefutwa.',
		settled: 'Jinsi ilivyolipwa',
		date: 'Tarehe',
		how: 'Njia',
		reference: 'Kumbukumbu',
		methods: { bank: 'Uhamisho wa benki', card: 'Kadi', cash: 'Taslimu', mpesa: 'M-Pesa' },
		sources: {
			payment: 'Malipo',
			credit_note: 'Hati ya kupunguza deni',
			credit: 'Kutoka salio lako',
			withholding: 'VAT iliyozuiliwa',
			write_off: 'Deni lililofutwa'
		},
		pay: 'Jinsi ya kulipa',
		payTo: (number) => `Lipa kwa uhamisho wa benki na utaje ${number} kama kumbukumbu.`,
		payHow: (number) =>
			`Lipa kwa uhamisho wa benki na utaje ${number} kama kumbukumbu. Timu yetu ya usaidizi itakupa akaunti.`,
		bank: 'Benki',
		accountHolder: 'Jina la akaunti',
		accountNumber: 'Nambari ya akaunti',
		swift: 'Msimbo wa SWIFT',
		credits: (number, date) => `Inapunguza deni la ankara ${number} ya ${date}.`,
		corrects: (number, date) =>
			`Inaongeza deni la ankara ${number} ya ${date}, iliyotoza kiasi pungufu.`,
		originalUnitNumber: (number) => `Nambari ya awali ya ankara ya kifaa cha udhibiti: ${number}.`,
		reason: (reason) => `Sababu: ${reason}`,
		offInvoice: (number) => `Imepunguzwa kwenye ankara ${number}`,
		toCredit: 'Imeongezwa kwenye salio lako',
		controlUnit: 'Kifaa cha udhibiti',
		unitSerial: 'Nambari ya kifaa cha udhibiti',
		unitNumber: 'Nambari ya ankara ya kifaa',
		internalData: 'Data ya ndani',
		signature: 'Saini',
		signed: 'Imesainiwa',
		code: (number) => `Msimbo wa QR wa kifaa cha udhibiti wa ${number}`,
		notSignedYet: 'Bado haijasainiwa na kifaa cha udhibiti.',
		simulated: 'Haijasainiwa na mamlaka ya kodi: kiigizaji.',
		steps: {
			units: (quantity, each) => `${quantity} × ${each}`,
			packages: (count, each) => `Vifurushi ${count} × ${each}`,
			percentage: (rate, of) => `${rate} ya ${of}`,
			withFlat: (part, flat) => `${part} + ${flat}`,
			tier: (number, part) => `Ngazi ya ${number}: ${part}`,
			minimum: (bound) => `Kufikia kiwango cha chini cha ${bound}`,
			maximum: (bound) => `Kushuka hadi kiwango cha juu cha ${bound}`
		},
		account: 'Akaunti ya',
		from: 'Kuanzia',
		to: 'Hadi',
		inCurrency: (currency) => `Akaunti ya ${currency}`,
		document: 'Hati',
		charged: 'Iliyotozwa',
		creditedOrPaid: 'Iliyolipwa au kupunguzwa',
		balance: 'Salio',
		opening: 'Salio la mwanzo',
		closing: 'Salio la mwisho',
		owed: (amount, date) => `Ya kulipwa tarehe ${date}: ${amount}.`,
		inCredit: (amount, date) => `Salio lako la kutumia tarehe ${date}: ${amount}.`,
		nothingOwed: (date) => `Hakuna cha kulipa tarehe ${date}.`,
		noEntries: 'Hakuna kilichotozwa wala kulipwa katika siku hizi.',
		documents: {
			invoice: 'Ankara',
			credit_note: 'Hati ya kupunguza deni',
			debit_note: 'Hati ya kuongeza deni',
			payment: 'Malipo',
			credit_use: 'Matumizi ya salio',
			refund: 'Marejesho',
			withholding: 'VAT iliyozuiliwa',
			write_off: 'Deni lililofutwa'
		},
		writtenOff: (document) => `${document}, deni limefutwa`,
		reversed: (document) => `${document}, imebatilishwa`,
		page: ['Ukurasa', 'kati ya']
	}
};
