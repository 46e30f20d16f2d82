import type { StoryMonth } from './calendar.ts';
import type { Slug } from './people.ts';

/** What a business used in each month of the story, thirteen of them, the oldest first; the last so far. */
export type MonthlyUse = Partial<Record<Slug, Record<string, number[]>>>;

export interface StoryLine {
	product: Slug;
	description: string;
	meter?: string;
	period: { start: string; end: string };
	quantity: string;
	unitMinor: string;
}

/**
 * The quantities of Mavuno's invoices are what its meters counted in the month before: one ledger for
 * usage and billing.
 */
export const mavunoUse: MonthlyUse = {
	erp: {
		'etims-invoices': [100, 110, 115, 155, 180, 210, 215, 235, 260, 271, 299, 322, 361]
	},
	sacco: {
		'mpesa-collections': [0, 0, 0, 0, 0, 0, 0, 0, 880, 830, 964, 1_322, 1_486],
		sms: [0, 0, 0, 0, 0, 0, 0, 0, 3_600, 3_020, 3_900, 4_350, 4_800]
	}
};

export const pwaniUse: MonthlyUse = {
	sacco: {
		'mpesa-collections': [0, 0, 0, 410, 455, 498, 530, 561, 602, 590, 640, 688, 702],
		sms: [0, 0, 0, 900, 1_020, 1_100, 1_240, 1_180, 1_300, 1_410, 1_390, 1_520, 1_460]
	}
};

/** Mavuno's SMS before it had SACCO: by the hundred, month by month, as billed. */
const smsBundles = [0, 2, 8, 11, 16, 22, 28, 42];

/**
 * What Mavuno is billed on the first of a month: its plans for the month, its use in the month before.
 * @param index 1 for the second month of the story, 12 for the running one
 */
export function mavunoLines(index: number, month: StoryMonth, before: StoryMonth): StoryLine[] {
	const lines: StoryLine[] = [
		planLine('erp', 'ERP System, Business plan', '1850000', month),
		...(index >= 8 ? [planLine('sacco', 'SACCO, Growth plan', '1400000', month)] : []),
		...useLines(mavunoUse, index - 1, before)
	];
	const bundles = smsBundles[index - 1] ?? 0;
	if (bundles > 0)
		lines.push({
			product: 'erp',
			description: 'SMS by the hundred',
			period: before,
			quantity: String(bundles),
			unitMinor: '9000'
		});
	return lines;
}

export function pwaniLines(index: number, month: StoryMonth, before: StoryMonth): StoryLine[] {
	return [
		planLine('sacco', 'SACCO, Union plan', '2600000', month),
		...useLines(pwaniUse, index - 1, before)
	];
}

export function tanaLines(period: { start: string; end: string }): StoryLine[] {
	return [
		planLine('erp', 'ERP, Starter plan', '750000', period),
		planLine('sacco', 'SACCO, Growth plan', '1400000', period)
	];
}

function planLine(
	product: Slug,
	description: string,
	unitMinor: string,
	period: { start: string; end: string }
): StoryLine {
	return { product, description, period, quantity: '1', unitMinor };
}

/** As they stand on bills: collections, messages, tax invoices. */
const usePrices = [
	{ meter: 'mpesa-collections', description: 'M-Pesa collections', unitMinor: '300' },
	{ meter: 'sms', description: 'SMS', unitMinor: '90' },
	{ meter: 'etims-invoices', description: 'eTIMS invoices', unitMinor: '200' }
];

function useLines(
	use: MonthlyUse,
	index: number,
	period: { start: string; end: string }
): StoryLine[] {
	return usePrices.flatMap(({ meter, description, unitMinor }) =>
		Object.entries(use).flatMap(([product, meters]) => {
			const quantity = meters[meter]?.[index] ?? 0;
			return quantity === 0
				? []
				: [
						{
							product: product as Slug,
							description,
							meter,
							period: { start: period.start, end: period.end },
							quantity: String(quantity),
							unitMinor
						}
					];
		})
	);
}

/** The day of the month on which Mavuno paid each of its invoices, the oldest first; the last is open. */
export const paidOnDay = [12, 9, 10, 11, 8, 13, 10, 9, 11, 14, 8];

/** One of Mavuno's invoices that was paid in two transfers; the second is the rest of it, as always. */
export const instalmentsOfMavuno = { index: 10, onDay: 6, leaveMinor: 1_437_000n };

/** Of the invoice before the open one Mavuno withheld two per cent of what was taxed, KES 39,500.00. */
export const withheldByMavuno = {
	index: 11,
	onDay: 20,
	amountMinor: 79_000n,
	number: 'KRA-WHV-204418'
};
