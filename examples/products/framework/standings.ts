import type { Person } from './application.ts';

/** What of the product can be used, as the subscription of a business stands; the portal says it. */
export type Mode = 'full' | 'read_only' | 'export_only' | 'closed';

export interface Contact {
	name: string;
	email: string;
	phone: string;
}

/** How a business stands with the product. */
export interface Standing {
	mode: Mode;
	/** `trial`, `active`, `past_due`, `suspended` or `ended`; null where there is no subscription. */
	status: string | null;
	/** When a trial is over, or a suspended product closes. */
	endsAt: Date | null;
	/** Who answers for the product at the business; undefined until it has been read. */
	contact: Contact | null | undefined;
	/** Who may open the product, and in which role. */
	people: Colleague[];
}

export interface Colleague {
	id: string;
	name: string;
	email: string;
	role: string;
}

/** What the ID token says of the subscription. */
export type Claimed = Pick<Standing, 'mode' | 'status' | 'endsAt'>;

interface Known extends Standing {
	/** When it was last read, and when that was last tried; 0 for never. */
	readAt: number;
	triedAt: number;
}

/** Webhooks tell of changes at once; in case one is missed, what is older than this is read again. */
const freshMs = 3 * 60_000;
const pauseMs = 20_000;

/** A business of which nothing has been heard yet: whoever is signed in was let in by the portal. */
const unheard: Known = {
	mode: 'full',
	status: null,
	endsAt: null,
	contact: undefined,
	people: [],
	readAt: 0,
	triedAt: 0
};

/** How each business stands, from the claims of whoever signed in last and from the portal's API. */
export class Standings {
	readonly #known = new Map<string, Known>();
	readonly #read: (businessId: string) => Promise<Standing>;
	readonly #changed: (businessId: string, people: Colleague[], asOf: number) => void;

	/** `changed` hears who may be in the product, as it was at `asOf`. */
	constructor(
		read: (businessId: string) => Promise<Standing>,
		changed: (businessId: string, people: Colleague[], asOf: number) => void
	) {
		this.#read = read;
		this.#changed = changed;
	}

	/** As it is known now; what is old is read again meanwhile. */
	of(businessId: string): Standing {
		const known = this.#known.get(businessId) ?? unheard;
		const now = Date.now();
		if (known.readAt < now - freshMs && known.triedAt < now - pauseMs)
			this.refresh(businessId).catch((error: unknown) => {
				console.error(`Entitlements could not be read: ${(error as Error).message}`);
			});
		return known;
	}

	/** Somebody has signed in, with what the portal says of the subscription at this moment. */
	signedIn({ business }: Person, claimed: Claimed): void {
		const known = this.#known.get(business.id) ?? unheard;
		this.#known.set(business.id, { ...known, ...claimed });
		this.of(business.id);
	}

	/** @throws Error while the portal does not answer */
	async refresh(businessId: string): Promise<void> {
		const asOf = Date.now();
		const before = this.#known.get(businessId) ?? unheard;
		this.#known.set(businessId, { ...before, triedAt: asOf });
		const standing = await this.#read(businessId);
		const meanwhile = this.#known.get(businessId) ?? unheard;
		// A reading that was begun later has come first.
		if (meanwhile.readAt > asOf) return;
		this.#known.set(businessId, { ...standing, readAt: asOf, triedAt: asOf });
		// A closed product tells nobody's role: its pages are closed, whoever it is.
		if (standing.mode !== 'closed') this.#changed(businessId, standing.people, asOf);
	}
}

/** A product that closes at a known time closes then, whether or not somebody says so. */
export function modeAt({ mode, status, endsAt }: Standing, now: Date): Mode {
	return mode === 'read_only' && status === 'suspended' && endsAt && endsAt <= now
		? 'closed'
		: mode;
}
