import type { AccessMode, Settings, SubscriptionStatus } from './webhooks.ts';

/** How a business stands with the product, as the portal's API says it. */
export interface Entitlements {
	business: { id: string; name: string; time_zone: string };
	subscription: {
		status: SubscriptionStatus;
		plan: string;
		seats: number | null;
		/** A civil date, the first without trial. */
		trial_ends_on: string | null;
	};
	/** What of the product the business can use. */
	mode: AccessMode;
	/** When a suspended product closes, in RFC 3339. */
	closes_at: string | null;
	settings: Settings;
	/** Who may open the product, by name. `id` is `sub` of the ID token. */
	people: { id: string; name: string; email: string; role: string }[];
}

/** The portal could not say how a business stands, and never has before. */
export class EntitlementsUnknown extends Error {
	constructor(business: string, why: string) {
		super(`The portal does not say how ${business} stands: ${why}`);
		this.name = 'EntitlementsUnknown';
	}
}

interface Kept {
	/** Null: the business does not have the product. Undefined: never heard. */
	value: Entitlements | null | undefined;
	/** On the clock of `performance.now()`. */
	freshUntil: number;
	asking: Promise<void> | null;
}

const freshMs = 60_000;
/** How long a caller waits for a fresh answer where there is an older one. */
const briefMs = 2_000;
/** A portal that did not answer is not asked again by every request of the product. */
const pauseMs = 5_000;
/** An answer that takes longer counts as none. */
const patienceMs = 10_000;
const most = 10_000;

/** Asks the portal, and remembers for a minute; when the portal is away, what it last said holds. */
export class EntitlementsCache {
	readonly #url: string;
	readonly #key: string;
	readonly #problem: (words: string) => void;
	/** In order of last use. */
	readonly #kept = new Map<string, Kept>();

	constructor(url: string, key: string, problem: (words: string) => void) {
		this.#url = url;
		this.#key = key;
		this.#problem = problem;
	}

	/** @throws EntitlementsUnknown */
	async read(business: string): Promise<Entitlements | null> {
		const kept = this.#use(business);
		if (performance.now() < kept.freshUntil && kept.value !== undefined) return kept.value;
		let why = 'it was asked a moment ago, in vain';
		if (performance.now() >= kept.freshUntil) {
			kept.asking ??= this.#ask(business, kept).finally(() => {
				kept.asking = null;
			});
			const asked = kept.asking.then(
				() => true,
				(error: unknown) => {
					why = (error as Error).message;
					return true;
				}
			);
			// Without an older answer there is nothing better to do than to wait.
			await (kept.value === undefined ? asked : Promise.race([asked, wait(briefMs)]));
		}
		if (kept.value === undefined) throw new EntitlementsUnknown(business, why);
		return kept.value;
	}

	/** What is known becomes what holds when the portal is away: the next to read asks anew. */
	forget(business: string): void {
		const kept = this.#kept.get(business);
		// An answer that is on its way may be from before the change: it goes to nobody who asks from now on.
		if (kept) this.#kept.set(business, { value: kept.value, freshUntil: 0, asking: null });
	}

	#use(business: string): Kept {
		const kept = this.#kept.get(business) ?? { value: undefined, freshUntil: 0, asking: null };
		this.#kept.delete(business);
		this.#kept.set(business, kept);
		const oldest = this.#kept.size > most ? this.#kept.keys().next().value : undefined;
		if (oldest !== undefined) this.#kept.delete(oldest);
		return kept;
	}

	async #ask(business: string, kept: Kept): Promise<void> {
		try {
			const response = await fetch(`${this.#url}?business=${encodeURIComponent(business)}`, {
				headers: { authorization: `Bearer ${this.#key}`, accept: 'application/json' },
				redirect: 'error',
				signal: AbortSignal.timeout(patienceMs)
			});
			if (response.status === 404) {
				await response.body?.cancel();
				kept.value = null;
			} else if (response.ok) {
				kept.value = (await response.json()) as Entitlements;
			} else {
				await response.body?.cancel();
				throw new Error(`it answered ${response.status}`);
			}
			kept.freshUntil = performance.now() + freshMs;
		} catch (error) {
			kept.freshUntil = performance.now() + pauseMs;
			const why = (error as Error).message;
			this.#problem(`How ${business} stands could not be read: ${why}`);
			throw error;
		}
	}
}

function wait(ms: number): Promise<void> {
	return new Promise((done) => {
		setTimeout(done, ms).unref();
	});
}
