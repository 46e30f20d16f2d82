export {
	dropBankAccount,
	listBankAccounts,
	saveBankAccount,
	type BankAccount
} from './bank-accounts.ts';
export {
	bankTransfer,
	chargingProvider,
	dropProvider,
	findProvider,
	methods,
	useProvider,
	type Charge,
	type Method,
	type Outcome,
	type PaymentProvider,
	type Refund,
	type RefundOutcome
} from './provider.ts';
