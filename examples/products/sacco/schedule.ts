/** One month of a loan's schedule, in whole shillings. */
export interface Instalment {
	number: number;
	/** The civil day it is due. */
	dueOn: string;
	interest: number;
	principal: number;
	/** Left of the loan after it. */
	balance: number;
}

/** A hundredth a month on what is left of the loan, which is how co-operatives here lend. */
export const monthlyRate = 0.01;

/**
 * Equal instalments on the reducing balance: interest of each month on what is left, rounded to the
 * shilling, and the last instalment takes what rounding left over.
 */
export function scheduleOf(amount: number, months: number, lentOn: string): Instalment[] {
	const each = Math.round((amount * monthlyRate) / (1 - (1 + monthlyRate) ** -months));
	let left = amount;
	return Array.from({ length: months }, (_, n) => {
		const interest = Math.round(left * monthlyRate);
		const principal = n === months - 1 ? left : Math.min(left, each - interest);
		left -= principal;
		return { number: n + 1, dueOn: monthsAfter(lentOn, n + 1), interest, principal, balance: left };
	});
}

/** The same day so many months later, or the last day of a shorter month. */
function monthsAfter(day: string, months: number): string {
	const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
	const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
	return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last)))
		.toISOString()
		.slice(0, 10);
}

export type InstalmentState = 'paid' | 'overdue' | 'part paid' | 'due';

/** How each instalment stands once `repaid` has gone to them in order. */
export function statesOf(
	schedule: readonly Instalment[],
	repaid: number,
	today: string
): InstalmentState[] {
	let left = repaid;
	return schedule.map(({ interest, principal, dueOn }) => {
		const due = interest + principal;
		const paid = Math.min(left, due);
		left -= paid;
		if (paid === due) return 'paid';
		if (dueOn < today) return 'overdue';
		return paid > 0 ? 'part paid' : 'due';
	});
}
