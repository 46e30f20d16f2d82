import './receipt-mail.ts';

export {
	addUpPayments,
	isPaymentPlace,
	listPayments,
	readReceipt,
	type PaymentSummary,
	type Receipt
} from './archive.ts';
export { askForPayment, settleAttempt, type Attempt } from './attempts.ts';
export {
	dropBankAccount,
	listBankAccounts,
	saveBankAccount,
	type BankAccount
} from './bank-accounts.ts';
export { readBooks } from './books.ts';
export { reverseCertificate } from './certificate-reversal.ts';
export { recordCertificate } from './certificates.ts';
export {
	claimCertificate,
	confirmClaim,
	listClaims,
	listOpenClaims,
	refuseClaim,
	taxableOf,
	type Claim
} from './claims.ts';
export { readCredit, refundCredit, type Credit } from './credit.ts';
export {
	dropProvider,
	methods,
	useProvider,
	type Charge,
	type Method,
	type Outcome,
	type PaymentProvider
} from './provider.ts';
export { printReceipt } from './receipt.ts';
export { recordPayment, type Recorded } from './recording.ts';
export { reversePayment } from './reversal.ts';
export { usuallyWithheld } from './withholding.ts';
