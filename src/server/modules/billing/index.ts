import './contact-letters.ts';

export { readAgreement, readAgreements, type Agreement } from './agreements.ts';
export {
	listInvoices,
	listOpenInvoices,
	readInvoice,
	type Invoice,
	type InvoiceLine,
	type InvoiceSummary,
	type Settlement
} from './archive.ts';
export { listTrialsEnding, readAttention, type Attention } from './attention.ts';
export type { Signature } from '../fiscal/index.ts';
export { readBooks } from './books.ts';
export { applyCredit, takeCreditBack } from './credit.ts';
export { listCreditNotes, type CreditNoteSummary } from './credit-note-list.ts';
export { issueCreditNote, type IssuedCreditNote } from './credit-issuing.ts';
export {
	addBillingContact,
	changeBillingContact,
	contactEndLink,
	contactPapers,
	endContactByLink,
	listBillingContacts,
	readContactOfLink,
	removeBillingContact,
	type BillingContact,
	type ContactPaper
} from './contacts.ts';
export { readCreditNote, type CreditNote } from './credit-note.ts';
export {
	changeInvoiceDraft,
	createInvoiceDraft,
	discardInvoiceDraft,
	issueInvoiceDraft,
	listInvoiceDrafts,
	readInvoiceDraft,
	type StoredDraft
} from './drafts.ts';
export {
	type DraftDiscount,
	type DraftLine,
	type InvoiceDraft,
	type InvoiceKind,
	type LineKind
} from './draft-lines.ts';
export {
	customerFilters,
	listCustomersThat,
	listCustomerStandings,
	type CustomerStanding
} from './customers.ts';
export type { MeteredQuantity, NextBill, NextBillLine } from './estimate.ts';
export {
	cancelSubscription,
	keepSubscription,
	previewCancellation,
	type EndPreview
} from './cancellations.ts';
export {
	changePlan,
	changeSeats,
	previewChange,
	takeBackChange,
	type ChangePreview
} from './changes.ts';
export { readNextOf, type AppliedCoupon, type NextCharge } from './next-charge.ts';
export { sellsSeats } from './change-plans.ts';
export { fitsOneInvoice, type Documents } from './documents.ts';
export { pauseSubscription, previewPause, resumeSubscription } from './pauses.ts';
export {
	listSubscriptionChanges,
	readHistory,
	type Happening,
	type SubscriptionChange
} from './history.ts';
export {
	listCountedHolders,
	listHoldersOf,
	listProductHolders,
	listSubscriptions,
	listSuspended,
	readSubscriptionState,
	requireCountedHolders,
	type Subscription
} from './holdings.ts';
export { readInvoiceLine, type BilledLine } from './invoice-line.ts';
export {
	addUpInvoices,
	invoiceOrders,
	isInvoicePlace,
	invoiceStandings,
	selectInvoices,
	type ListedInvoice
} from './invoice-list.ts';
export { issueInvoice } from './invoices.ts';
export { issueInvoices, type IssuedInvoice } from './issuing.ts';
export { listMetersToBill, readNextBill, type MeterToBill } from './next-bill.ts';
export {
	readPartiesOf,
	readSeller,
	saveCustomer,
	saveSeller,
	readStatementParties,
	type Party,
	type Seller
} from './parties.ts';
export {
	creditNoteSheet,
	invoiceSheet,
	type DocumentSheet,
	type PayTo,
	type SheetParty
} from './document-sheet.ts';
export { printCreditNote, printInvoice } from './paper.ts';
export { printStatement } from './statement-paper.ts';
export { paperFigures } from './paper-figures.ts';
export { paperLanguages, type PaperLanguage } from './paper-words.ts';
export {
	listIncludedQuantities,
	listSubscriptionPrices,
	saveUsagePrices,
	type IncludedQuantity,
	type SubscriptionPrice,
	type UsagePrice
} from './prices.ts';
export { listBilledUsage, type BilledUsageLine } from './creditable.ts';
export {
	countDue,
	listDueBusinesses,
	takeDue,
	type DueSubscription,
	type Reached,
	type SubscriptionCoupon
} from './due.ts';
export { saveClosed, type ClosedSubscription, type UsedCoupon } from './due-changes.ts';
export {
	asksFor,
	priced,
	reckonAdvance,
	reckonArrears,
	reckonUsage,
	type Metered,
	type ReckonedAgreement
} from './reckoning.ts';
export { simulate, type Simulated, type SimulatedMonth } from './simulation.ts';
export { setNextInvoiceNumber, takeNumbers } from './series.ts';
export { signIssued } from './signing.ts';
export {
	changeCustomer,
	readBillingSettings,
	readCustomer,
	saveBillingSettings,
	type BillingSettings,
	type InvoiceWay
} from './settings.ts';
export { settleInvoices, type Settled } from './settling.ts';
export { reckonDraft, type InvoiceTotals, type ReckonedDraft } from './totals.ts';
export { subscriptionStatuses, type SubscriptionStatus } from './statuses.ts';
export { changeSubscriptionStatus, renewSubscription, startSubscription } from './subscriptions.ts';
export { findInvoiceId, holdOwedInvoices, type InvoiceToSettle } from './to-settle.ts';
export { listTerms, type Term } from './terms.ts';
export { startTrial } from './trials.ts';
export {
	findInvoiceNumber,
	listUnpaid,
	lockSubscriptions,
	lockUnpaid,
	type BilledSubscription,
	type ListedUnpaid,
	type UnpaidInvoice
} from './unpaid.ts';
export { markBilled, type EndedPeriod, type PendingLine } from './waiting.ts';
export { voidInvoice, writeOffInvoice } from './voiding.ts';
export { readNextReference, saveNextReference } from './references.ts';
