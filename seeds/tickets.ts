import type { Calendar } from './calendar.ts';
import type { Slug } from './people.ts';

export interface StoryTicket {
	subject: string;
	/** First name of who opened it. */
	by: string;
	product?: Slug;
	openedAt: Date;
	messages: { body: string; by: string | 'staff'; minutes: number }[];
	/** Minutes after the opening; absent while it is open. */
	closedAfter?: number;
}

/** First replies of the last 90 days: 22, 35, 41, 46, 46, 58 and 75 minutes; their median is 46. */
export function ticketsOfMavuno(calendar: Calendar): StoryTicket[] {
	const on = (days: number, time: string): Date => calendar.at(calendar.day(-days), time);
	return [
		simple('Two people cannot see the price list', 'Naliaka', 'erp', on(310, '10:20'), 64, [
			'Mutua and Wafula open the price list and see an empty page. Everybody else sees it.',
			'Their role had no right to read prices. It has now; please have them sign in again.'
		]),
		simple('Invoice with the old address', 'Halima', undefined, on(238, '14:05'), 90, [
			'Our last invoice still shows the office in Westlands. We moved to Lunga Lunga Road.',
			'The new address stands from the next invoice on. The one issued keeps the address of its day.'
		]),
		simple('How do we add SACCO?', 'Wanjiku', undefined, on(160, '09:40'), 30, [
			'We want to run the staff savings through SACCO from next month. What do you need from us?',
			'Nothing but your word: it is on your account from the first of the month.'
		]),
		simple('M-Pesa collections counted a day late', 'Peter', 'sacco', on(115, '11:30'), 52, [
			'Collections of the last of the month show on the first. Is the bill right?',
			'They came in at 23:59 and were posted after midnight. The bill counts them once.'
		]),
		simple('Password reset does not arrive', 'Grace', undefined, on(84, '08:15'), 22, [
			'Kamau waits for the letter since yesterday.',
			'It was in quarantine at your mail provider. We sent it again and it arrived.'
		]),
		simple('Import of 40 items stops at line 17', 'Naliaka', 'erp', on(71, '15:10'), 35, [
			'The file is the same as last month. It stops at line 17 with "quantity".',
			'Line 17 has a comma in the quantity. Without it the file goes through.'
		]),
		simple('eTIMS says the item code is unknown', 'Halima', 'erp', on(58, '10:45'), 75, [
			'Three invoices of today are refused: item code unknown.',
			'The codes were renewed by the authority last night. Your list is up to date again and the three are sent.'
		]),
		simple(
			'Trial of Payroll: where are the NSSF tiers?',
			'Achieng',
			'payroll',
			on(44, '13:25'),
			41,
			[
				'I find tier I but not tier II.',
				'Under Settings, Deductions: switch on "both tiers". It holds from the running month.'
			]
		),
		simple('Loan schedule differs by a shilling', 'Peter', 'sacco', on(33, '16:00'), 58, [
			'LN-0287 ends with KES 1.00 too much.',
			'The last instalment takes up what rounding left. It is right that way; we now say so on the page.'
		]),
		simple('Second store for Nakuru', 'Kipchoge', 'erp', on(12, '09:05'), 46, [
			'Please open a store "Nakuru" for purchases.',
			'It is there. Orders can be delivered to it from now on.'
		]),
		{
			subject: `SACCO statement totals differ from the ledger for ${calendar.monthName(1)}`,
			by: 'Wanjiku',
			product: 'sacco',
			openedAt: on(1, '09:12'),
			messages: [
				{
					by: 'Wanjiku',
					minutes: 0,
					body: `The member statements for ${calendar.monthName(1)} add up to KES 1,284,300.00. The ledger says KES 1,281,900.00. The difference is KES 2,400.00.\n\nWe sent the statements to 89 members, so I need to know which figure is right.`
				},
				{
					by: 'staff',
					minutes: 46,
					body: 'Thank you, Wanjiku. I see two repayments of KES 1,200.00 that came in on the last day at 23:58 and were posted to the ledger on the first.\n\nPlease check members M-0017 and M-0052: is the last day the right date for both? If so, we post them there and the two figures agree.'
				}
			]
		}
	];
}

export function ticketsOfPwani(calendar: Calendar): StoryTicket[] {
	const on = (days: number, time: string): Date => calendar.at(calendar.day(-days), time);
	return [
		simple('Members with two phone numbers', 'Amina', 'sacco', on(64, '11:00'), 33, [
			'Some members pay from two phones. Can both be on file?',
			'Yes: add the second under Member, Phones. Collections from either are matched.'
		]),
		simple('Share-out in December', 'Juma', 'sacco', on(20, '14:40'), 51, [
			'When should we freeze the register for the share-out?',
			'A week before is enough. The checklist is under Year end.'
		])
	];
}

/** Asked, answered, and closed the next day. */
function simple(
	subject: string,
	by: string,
	product: Slug | undefined,
	openedAt: Date,
	reply: number,
	[question, answer]: [string, string]
): StoryTicket {
	return {
		subject,
		by,
		...(product ? { product } : {}),
		openedAt,
		messages: [
			{ by, minutes: 0, body: question },
			{ by: 'staff', minutes: reply, body: answer }
		],
		closedAfter: 22 * 60
	};
}
