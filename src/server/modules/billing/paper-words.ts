/** The languages that an invoice is printed in. */
export const paperLanguages = ['en', 'sw'] as const;

export type PaperLanguage = (typeof paperLanguages)[number];

export interface PaperWords {
	taxInvoice: string;
	invoice: string;
	issued: string;
	due: string;
	billedTo: string;
	taxPin: string;
	lines: string;
	item: string;
	quantity: string;
	price: string;
	tax: string;
	amount: string;
	sums: string;
	beforeTax: string;
	/** Takes a rate and the sum that it is on. */
	vat: (rate: string, base: string) => string;
	total: string;
	paid: string;
	left: (date: string) => string;
	settled: (date: string) => string;
	void: string;
	uncollectible: string;
	received: string;
	date: string;
	how: string;
	reference: string;
	methods: Record<string, string>;
	pay: string;
	payHow: (number: string) => string;
	/** Stands around the number of the page and how many there are. */
	page: [before: string, between: string];
}

/** What is printed besides the invoice's own words. */
export const paperWords: Record<PaperLanguage, PaperWords> = {
	en: {
		taxInvoice: 'Tax invoice',
		invoice: 'Invoice',
		issued: 'Issued',
		due: 'Due',
		billedTo: 'Billed to',
		taxPin: 'KRA PIN',
		lines: 'Lines of the invoice',
		item: 'Item',
		quantity: 'Quantity',
		price: 'Price',
		tax: 'VAT',
		amount: 'Amount',
		sums: 'Sums',
		beforeTax: 'Before tax',
		vat: (rate, base) => `VAT ${rate} on ${base}`,
		total: 'Total',
		paid: 'Paid',
		left: (date) => `To pay by ${date}`,
		settled: (date) => `Paid in full on ${date}.`,
		void: 'This invoice is void. Nothing is to be paid.',
		uncollectible: 'This invoice is written off.',
		received: 'Payments received',
		date: 'Date',
		how: 'How',
		reference: 'Reference',
		methods: { bank: 'Bank transfer', card: 'Card', cash: 'Cash', mpesa: 'M-Pesa' },
		pay: 'How to pay',
		payHow: (number) =>
			`Pay by bank transfer. Our support gives you the account; name ${number} as the reference.`,
		page: ['Page', 'of']
	},
	sw: {
		taxInvoice: 'Ankara ya kodi',
		invoice: 'Ankara',
		issued: 'Imetolewa',
		due: 'Mwisho wa kulipa',
		billedTo: 'Anayetozwa',
		taxPin: 'PIN ya KRA',
		lines: 'Mistari ya ankara',
		item: 'Maelezo',
		quantity: 'Idadi',
		price: 'Bei',
		tax: 'VAT',
		amount: 'Kiasi',
		sums: 'Jumla',
		beforeTax: 'Kabla ya kodi',
		vat: (rate, base) => `VAT ${rate} ya ${base}`,
		total: 'Jumla',
		paid: 'Imelipwa',
		left: (date) => `Ya kulipwa kufikia ${date}`,
		settled: (date) => `Imelipwa yote tarehe ${date}.`,
		void: 'Ankara hii imebatilishwa. Hakuna cha kulipa.',
		uncollectible: 'Deni la ankara hii limefutwa.',
		received: 'Malipo yaliyopokelewa',
		date: 'Tarehe',
		how: 'Njia',
		reference: 'Kumbukumbu',
		methods: { bank: 'Uhamisho wa benki', card: 'Kadi', cash: 'Taslimu', mpesa: 'M-Pesa' },
		pay: 'Jinsi ya kulipa',
		payHow: (number) =>
			`Lipa kwa uhamisho wa benki. Timu yetu ya usaidizi itakupa akaunti; taja ${number} kama kumbukumbu.`,
		page: ['Ukurasa', 'kati ya']
	}
};
