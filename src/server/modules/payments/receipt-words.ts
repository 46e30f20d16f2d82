import type { PaperLanguage } from '../billing/index.ts';
import type { Method } from './provider.ts';

interface ReceiptWords {
	receipt: string;
	received: string;
	from: string;
	taxPin: string;
	how: string;
	reference: string;
	payer: string;
	methods: Record<Method, string>;
	counted: string;
	invoice: string;
	amount: string;
	credit: string;
	total: string;
	creditNote: string;
	thanks: string;
	/** Stamped on one whose payment was taken back. */
	notValid: string;
	reversed: (day: string) => string;
	/** Stands around the number of the page and how many there are. */
	page: [before: string, between: string];
}

/** What is printed besides the receipt's own words. */
export const receiptWords: Record<PaperLanguage, ReceiptWords> = {
	en: {
		receipt: 'Receipt',
		received: 'Received',
		from: 'Received from',
		taxPin: 'KRA PIN',
		how: 'How',
		reference: 'Reference',
		payer: 'Sent by',
		methods: { bank: 'Bank transfer', card: 'Card', cash: 'Cash', mpesa: 'M-Pesa' },
		counted: 'What it paid',
		invoice: 'Invoice',
		amount: 'Amount',
		credit: 'Your credit',
		total: 'Received',
		creditNote: 'The credit is taken off your next invoice.',
		thanks: 'Thank you for your payment.',
		notValid: 'Not valid',
		reversed: (day) =>
			`This payment was taken back on ${day}. The receipt is not valid, and what it had paid is owed again.`,
		page: ['Page', 'of']
	},
	sw: {
		receipt: 'Stakabadhi',
		received: 'Imepokelewa',
		from: 'Imepokelewa kutoka kwa',
		taxPin: 'PIN ya KRA',
		how: 'Njia',
		reference: 'Kumbukumbu',
		payer: 'Imetumwa na',
		methods: { bank: 'Uhamisho wa benki', card: 'Kadi', cash: 'Taslimu', mpesa: 'M-Pesa' },
		counted: 'Kilicholipwa',
		invoice: 'Ankara',
		amount: 'Kiasi',
		credit: 'Salio lako',
		total: 'Imepokelewa',
		creditNote: 'Salio litapunguza ankara yako ijayo.',
		thanks: 'Asante kwa malipo yako.',
		notValid: 'Si halali',
		reversed: (day) =>
			`Malipo haya yalirudishwa tarehe ${day}. Stakabadhi hii si halali, na kilicholipwa kinadaiwa tena.`,
		page: ['Ukurasa', 'kati ya']
	}
};
