/** A party of a document, as printed on it. */
export interface FiscalParty {
	name: string;
	/** Kenya Revenue Authority's number of it; a buyer who has none cannot deduct the tax. */
	taxPin: string | null;
}

export type FiscalKind = 'invoice' | 'debit_note' | 'credit_note';

/** The tax authority tells these apart, also where both come to nothing: zero-rated and exempt. */
export type FiscalTaxClass = 'standard' | 'reduced' | 'zero' | 'exempt';

/** A document as a control unit is told of it. Amounts are minor units of `currency`. */
export interface FiscalDocument {
	/** The same document has the same id whenever it is asked for. */
	id: string;
	kind: FiscalKind;
	number: string;
	issuedAt: Date;
	currency: string;
	seller: FiscalParty;
	customer: FiscalParty;
	lines: {
		description: string;
		quantity: string | null;
		amountMinor: bigint;
		taxClass: FiscalTaxClass;
		/** Whether the amount has its tax in it. */
		taxIncluded: boolean;
	}[];
	/** `rate` is per cent; `baseMinor` is without tax. */
	taxes: { taxClass: FiscalTaxClass; rate: string; baseMinor: bigint; taxMinor: bigint }[];
	totalMinor: bigint;
	/** Of a credit or debit note: the invoice that it corrects. `unitNumber` is null when no unit signed that. */
	original: { number: string; unitNumber: string | null } | null;
}

/** What a control unit answers: all of it is printed. */
export interface UnitAnswer {
	/** The control unit's serial number. */
	serial: string;
	/** The document's number at the unit: `<serial>/<count>`. */
	number: string;
	internalData: string | null;
	signature: string | null;
	/** When the unit signed it, by its own clock. */
	signedAt: Date;
	/** What the QR code says: where the tax authority shows what it knows of the document. */
	code: string;
}

/**
 * What signs documents in the name of the tax authority. An adapter speaks one unit's protocol.
 *
 * Asked for the same id twice, also after a process that asked first was killed before it heard the answer,
 * it gives the same answer: an adapter whose unit would sign anew looks first whether it has.
 */
export interface ControlUnit {
	/** True of what stands in for the tax authority: papers say so. */
	simulated: boolean;
	/**
	 * @param now the moment of asking
	 * @param signal aborted when nobody waits for the answer any more
	 * @throws UnitRefusal for what the unit will never sign as it is; anything else is tried again
	 */
	sign(document: FiscalDocument, now: Date, signal: AbortSignal): Promise<UnitAnswer>;
}

/** The unit has looked at a document and does not sign it. Its message is read by staff. */
export class UnitRefusal extends Error {
	override name = 'UnitRefusal';
}

/** The unit cannot be reached or does not answer as it should. Its message is read by staff. */
export class UnitUnavailable extends Error {
	override name = 'UnitUnavailable';
}
