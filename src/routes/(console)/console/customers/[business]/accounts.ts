import { m } from '#lib/paraglide/messages.js';
import type { Account } from '#server/modules/ledger/index.ts';

/** What an account of the ledger is called. */
export function accountName(account: Account): string {
	switch (account) {
		case 'receivable':
			return m.console_account_receivable();
		case 'revenue':
			return m.console_account_revenue();
		case 'tax':
			return m.console_account_tax();
		case 'cash':
			return m.console_account_cash();
		case 'credit':
			return m.console_account_credit();
		case 'withholding':
			return m.console_account_withholding();
		case 'written_off':
			return m.console_account_written_off();
	}
}
