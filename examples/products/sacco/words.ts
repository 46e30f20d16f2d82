import type { Loan } from './book.ts';

export const loanStates: Record<Loan['state'], string> = {
	applied: 'Waits for approval',
	approved: 'Approved, to be paid out',
	declined: 'Declined',
	lent: 'Being repaid',
	repaid: 'Repaid'
};
