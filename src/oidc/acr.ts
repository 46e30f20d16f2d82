import type { KoaContextWithOIDC } from 'oidc-provider';
import type { PortalSession } from './portal-session.ts';

const password = 'urn:evolve:password';
const secondFactor = 'urn:evolve:second-factor';

/** How somebody can have signed in, the strongest first. */
export const acrValues = [secondFactor, password];

/** How the person of this session has signed in: the context, and the methods (RFC 8176). */
export function contextOf({ secondFactorAt }: PortalSession): { acr: string; amr: string[] } {
	return secondFactorAt
		? { acr: secondFactor, amr: ['pwd', 'otp'] }
		: { acr: password, amr: ['pwd'] };
}

/** What a request wants to hear of how the person signed in (OpenID Connect Core 1.0, 5.5.1.1). */
export interface Wanted {
	/** In the order that the product prefers. */
	values: string[];
	/** Without one of them the product wants nobody. */
	essential: boolean;
}

export function wantedIn({ oidc }: KoaContextWithOIDC): Wanted {
	const acr = (oidc.claims as { id_token?: { acr?: unknown } } | undefined)?.id_token?.acr;
	if (typeof acr !== 'object' || acr === null) return { values: [], essential: false };
	const { essential, value, values } = acr as Record<string, unknown>;
	const all = Array.isArray(values) ? values : [value];
	return {
		values: all.filter((each) => typeof each === 'string'),
		essential: essential === true
	};
}

/** Which of the wanted values a session fits; a second factor comes after a password, so it fits both. */
export function fitting({ values }: Wanted, portal: PortalSession): string | undefined {
	return values.find(
		(each) => each === password || (each === secondFactor && portal.secondFactorAt !== null)
	);
}

type Step = 'none' | 'second-factor' | 'impossible';

/** What is still to be done so that the session fits what was asked for. */
export function stepTo(wanted: Wanted, portal: PortalSession): Step {
	if (wanted.values.length === 0) return 'none';
	const preferred = wanted.values.find((each) => acrValues.includes(each));
	if (!preferred) return wanted.essential ? 'impossible' : 'none';
	const fits = fitting(wanted, portal);
	// Only an essential wish is content with whatever fits: one that is none has more to gain by asking.
	return fits && (wanted.essential || fits === preferred) ? 'none' : 'second-factor';
}
