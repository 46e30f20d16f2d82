/** How money comes. */
export const methods = ['bank', 'card', 'cash', 'mpesa'] as const;
export type Method = (typeof methods)[number];

/** What a provider is asked for. */
export interface Charge {
	/** Ours, and the same when asked again: what a provider takes as its idempotency key or merchant reference. */
	attemptId: string;
	amountMinor: bigint;
	currency: string;
	/** What the customer sees beside the amount: an invoice's number. */
	reference: string;
	description: string;
	/** Whom to ask: a phone that is prompted, a card that is on file, an address to come back to. */
	payer: {
		phone?: string | undefined;
		savedMethod?: string | undefined;
		email?: string | undefined;
		returnTo?: string | undefined;
	};
}

/**
 * How an attempt stands by the provider. What is not known for sure is `pending`: a request that timed out may
 * have been paid, so it is looked at again and never taken as failed.
 */
export type Outcome =
	| {
			state: 'pending';
			/** What the provider calls the request, once it says. */
			providerReference?: string;
			/** Where the payer goes on, such as a bank's own page for a card. */
			continueAt?: string;
			/** When to ask how it stands, if no answer comes before. */
			lookAt: Date;
	  }
	| {
			state: 'succeeded';
			providerReference?: string;
			/** What is printed on the receipt, such as M-Pesa's code. The same one is never counted twice. */
			reference: string;
			/** What really came, which may be less than was asked for. */
			amountMinor: bigint;
			/** In the zone of the vendor. */
			receivedOn: string;
			payer?: string;
	  }
	| {
			state: 'failed';
			providerReference?: string;
			/** The provider's own, such as M-Pesa's 1032. */
			code: string;
			/** In words that can be shown. */
			message: string;
			/** Whether trying again may do, as with too little money on the phone. */
			again: boolean;
	  };

/**
 * A way for money to come. Each talks to the network, so none is called inside a transaction. A provider
 * leaves out what it cannot do: a bank transfer only comes.
 *
 * Answers that come by themselves (callbacks, notifications) are turned into an Outcome by the provider's
 * own address in the API and given to `settleAttempt`; money that nobody asked for to `recordPayment`.
 * They may come twice, late, in any order, or never.
 */
export interface PaymentProvider {
	/** Stable, kept beside each payment: `by_hand`. */
	readonly name: string;
	readonly methods: readonly Method[];
	/** Null: any. */
	readonly currencies: readonly string[] | null;
	/** The smallest step of an amount in minor units, such as 100 where only whole shillings are taken. */
	readonly stepMinor: bigint;
	/** Asks for money. Asked again with the same attempt, it asks nobody twice. */
	readonly charge?: (charge: Charge) => Promise<Outcome>;
	/** How an attempt stands. Undefined where it cannot be asked. */
	readonly look?: (attempt: {
		attemptId: string;
		providerReference: string | null;
	}) => Promise<Outcome>;
}

/** A bank transfer comes by itself, and the vendor says that it came: so with all that is counted by hand. */
export const byHand: PaymentProvider = {
	name: 'by_hand',
	methods,
	currencies: null,
	stepMinor: 1n
};

const providers = new Map<string, PaymentProvider>([[byHand.name, byHand]]);

/** Sets a provider up, at the start of the process. */
export function useProvider(provider: PaymentProvider): void {
	providers.set(provider.name, provider);
}

/** Takes it out again. */
export function dropProvider(name: string): void {
	providers.delete(name);
}

export function findProvider(name: string): PaymentProvider | undefined {
	return providers.get(name);
}

/** The first that can be asked for money in a currency; undefined when none is set up. */
export function chargingProvider(currency: string): PaymentProvider | undefined {
	return [...providers.values()].find(
		({ charge, currencies }) => charge && (currencies === null || currencies.includes(currency))
	);
}
