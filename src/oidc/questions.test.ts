import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
	endSession,
	offerSecondFactor,
	readOffer,
	sessionCookieName,
	setUpSecondFactor
} from '#server/modules/identity/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createBrowser, type Browser } from './testing/browser.ts';
import { answerTo, createClient, type TestClient } from './testing/client.ts';
import {
	createCustomer,
	password,
	signInTo,
	startTestPortal,
	type TestProduct
} from './testing/portal.ts';

let portal: Awaited<ReturnType<typeof startTestPortal>>;
let erp: TestProduct;
let client: TestClient;
let mavuno: Member;
let pwani: Member;
let browser: Browser;
let session: { token: string; sessionId: string };

const wanjiku = { name: 'Wanjiku Kamau', email: 'wanjiku@mavuno.example' };
const amina = { name: 'Amina Salim', email: 'amina@pwani.example' };
const passwordAcr = 'urn:evolve:password';
const factorAcr = 'urn:evolve:second-factor';

beforeAll(async () => {
	portal = await startTestPortal();
	erp = await portal.addProduct('erp', 'ERP System');
	mavuno = await createCustomer('Mavuno Traders Ltd', wanjiku, [erp]);
	pwani = await createCustomer('Pwani Farmers Co-operative', amina, [erp]);
	client = await createClient(portal.origin, erp);
});
beforeEach(async () => {
	browser = createBrowser();
	session = await signInTo(browser, portal.origin, wanjiku.email, mavuno.businessId);
});
afterAll(() => portal.stop());

/** Asks, follows what the portal leads to, and tells the page that the person is shown. */
async function pageFor(parameters: Record<string, string>, from = browser) {
	const asked = await client.request(parameters);
	const response = await from.follow(asked.url.href, portal.origin);
	return { asked, page: await response.text(), response };
}

/** Where the portal's page was told to lead back to. */
function backFrom(page: string): URL {
	const [, back = ''] = /return_to=([^"&\s]+)/.exec(page) ?? [];
	return new URL(decodeURIComponent(back), portal.origin);
}

describe('a product that names whom it expects', () => {
	it('finds them in the sign-in form', async () => {
		const stranger = createBrowser();
		const { page } = await pageFor({ login_hint: amina.email }, stranger);
		expect(page).toContain('/login?email=amina%40pwani.example&return_to=');
	});

	it.each([wanjiku.email, wanjiku.email.toUpperCase(), 'a customer number', ''])(
		'notices nothing when it is who is signed in, or nobody that can be told: "%s"',
		async (login_hint) => {
			const tokens = await client.signIn(browser, { login_hint });
			expect(tokens.claims()?.sub).toBe(mavuno.personId);
		}
	);

	it('takes the id of the person too', async () => {
		const same = await client.signIn(browser, { login_hint: mavuno.personId });
		expect(same.claims()?.sub).toBe(mavuno.personId);
		const { page } = await pageFor({ login_hint: pwani.personId });
		expect(page).toContain('ERP System expects somebody else');
	});

	it('lets somebody else go on as who they are', async () => {
		const { asked, page, response } = await pageFor({ login_hint: amina.email });
		expect(response.status).toBe(200);
		expect(page).toContain('ERP System expects somebody else');
		expect(page).toContain('amina@pwani.example');
		expect(page).toContain('Go on as Wanjiku Kamau');
		const [, action = ''] = /action="([^"]+)"/.exec(page) ?? [];
		const answer = await browser.follow(portal.origin + action, portal.origin, { method: 'POST' });
		const tokens = await asked.redeem(new URL(answer.headers.get('location') ?? ''));
		expect(tokens.claims()?.sub).toBe(mavuno.personId);
	});

	it('gets that person when they sign in instead, and nothing of the other’s', async () => {
		const { asked, page } = await pageFor({ login_hint: amina.email });
		expect(page).toContain('/login?again=1');
		await signInTo(browser, portal.origin, amina.email, pwani.businessId);
		const callback = await answerTo(
			browser,
			portal.origin,
			backFrom(page.replaceAll('&#38;', '&'))
		);
		expect((await asked.redeem(callback)).claims()).toMatchObject({
			sub: pwani.personId,
			business: { id: pwani.businessId, name: 'Pwani Farmers Co-operative' }
		});
	});

	it('is told so where no page may be shown', async () => {
		await expect(
			client.signIn(browser, { login_hint: amina.email, prompt: 'none' })
		).rejects.toMatchObject({ error: 'account_selection_required' });
	});

	it('may let the person choose', async () => {
		const { asked, page } = await pageFor({ prompt: 'select_account' });
		expect(page).toContain('Who opens ERP System?');
		const [, action = ''] = /action="([^"]+)"/.exec(page) ?? [];
		const answer = await browser.follow(portal.origin + action, portal.origin, { method: 'POST' });
		const tokens = await asked.redeem(new URL(answer.headers.get('location') ?? ''));
		expect(tokens.claims()?.sub).toBe(mavuno.personId);
	});

	it('cannot have the choice made by another browser', async () => {
		const { page } = await pageFor({ login_hint: amina.email });
		const [, action = ''] = /action="([^"]+)"/.exec(page) ?? [];
		const forged = await createBrowser().ask(portal.origin + action, { method: 'POST' });
		expect(forged.status).toBe(400);
		expect(await forged.text()).toContain('This sign-in has expired');
	});

	it('writes what it was told as text, whatever it is', async () => {
		const { page } = await pageFor({ login_hint: '"><script>x@y</script>' });
		expect(page).toContain('expects somebody else');
		expect(page).not.toContain('<script>');
	});
});

describe('a product that wants a second factor', () => {
	const essential = (values: string[]) => ({
		claims: JSON.stringify({ id_token: { acr: { essential: true, values } } })
	});

	/** As the portal's own pages do for somebody who sets it up on the way. */
	async function giveFactor(own: { personId: string; sessionId: string }): Promise<void> {
		await offerSecondFactor(own, { password });
		const offer = await readOffer(own);
		const code = new TOTP({ secret: Secret.fromBase32(offer?.secret ?? '') }).generate();
		const { token } = await setUpSecondFactor(own, { code });
		browser.cookies.set(sessionCookieName(portal.origin), { value: token, path: '/' });
	}

	it('hears that a password was given where it only wishes for more and may show no page', async () => {
		const tokens = await client.signIn(browser, { acr_values: factorAcr, prompt: 'none' });
		expect(tokens.claims()).toMatchObject({ acr: passwordAcr, amr: ['pwd'] });
	});

	it('is refused where it insists and may show no page', async () => {
		await expect(
			client.signIn(browser, { ...essential([factorAcr]), prompt: 'none' })
		).rejects.toMatchObject({ error: 'unmet_authentication_requirements' });
	});

	it('has the person asked for it where it insists', async () => {
		const { page } = await pageFor(essential([factorAcr]));
		expect(page).toContain('/security/confirm?return_to=%2Foidc%2Finteraction%2F');
	});

	it('that only wishes for it makes nobody set one up', async () => {
		const tokens = await client.signIn(browser, { acr_values: factorAcr });
		expect(tokens.claims()).toMatchObject({ acr: passwordAcr });
	});

	it('that insists is told when the person comes back without it', async () => {
		const { page } = await pageFor(essential([factorAcr]));
		const callback = await answerTo(browser, portal.origin, backFrom(page));
		expect(callback.searchParams.get('error')).toBe('unmet_authentication_requirements');
	});

	it('that insists on what nobody can give is refused at once, without a question', async () => {
		await expect(client.signIn(browser, essential(['urn:other:card']))).rejects.toMatchObject({
			error: 'unmet_authentication_requirements'
		});
		const tokens = await client.signIn(browser, { acr_values: 'urn:other:card' });
		expect(tokens.claims()?.['acr']).toBe(passwordAcr);
	});

	it('is content with a password where that is what it prefers', async () => {
		const tokens = await client.signIn(browser, { acr_values: `${passwordAcr} ${factorAcr}` });
		expect(tokens.claims()?.['acr']).toBe(passwordAcr);
	});

	it('gets it, with both methods, when the person has given it', async () => {
		// From then on a password alone signs this person in no more.
		const careful = { name: 'Nyota Wafula', email: 'nyota@nyota.example' };
		const { businessId, personId } = await createCustomer('Nyota Ltd', careful, [erp]);
		browser = createBrowser();
		const { sessionId } = await signInTo(browser, portal.origin, careful.email, businessId);
		const { asked, page } = await pageFor({ ...essential([factorAcr]), prompt: 'consent' });
		await giveFactor({ personId, sessionId });
		const callback = await answerTo(browser, portal.origin, backFrom(page));
		expect((await asked.redeem(callback)).claims()).toMatchObject({
			acr: factorAcr,
			amr: ['pwd', 'otp']
		});
		// And from then on without a question.
		const again = await client.signIn(browser, { ...essential([factorAcr]), prompt: 'none' });
		expect(again.claims()).toMatchObject({ acr: factorAcr, amr: ['pwd', 'otp'] });
		const less = await client.signIn(browser, { acr_values: passwordAcr });
		expect(less.claims()).toMatchObject({ acr: passwordAcr });
	});

	it('that only wishes has those asked who have one, and takes them as they are if they would rather not', async () => {
		const careful = { name: 'Zawadi Achieng', email: 'zawadi@zawadi.example' };
		const { businessId, personId } = await createCustomer('Zawadi Ltd', careful, [erp]);
		// Two sessions from before it was set up, and in the other one it was.
		browser = createBrowser();
		const { sessionId } = await signInTo(browser, portal.origin, careful.email, businessId);
		const early = createBrowser();
		await signInTo(early, portal.origin, careful.email, businessId);
		await giveFactor({ personId, sessionId });
		const { asked, page } = await pageFor({ acr_values: factorAcr }, early);
		expect(page).toContain('/security/confirm?');
		const callback = await answerTo(early, portal.origin, backFrom(page));
		expect((await asked.redeem(callback)).claims()).toMatchObject({ acr: passwordAcr });
	});
});

it('a session of the portal that ends on the way is asked for anew, and nobody is let in by it', async () => {
	const { asked, page } = await pageFor({ login_hint: amina.email });
	await withSystem('test', (scope) => endSession(scope, session.token));
	const [, action = ''] = /action="([^"]+)"/.exec(page) ?? [];
	const login = await browser.follow(portal.origin + action, portal.origin, { method: 'POST' });
	const shown = await login.text();
	expect(shown).toContain('a page of the portal: /login?');
	await signInTo(browser, portal.origin, amina.email, pwani.businessId);
	const callback = await answerTo(browser, portal.origin, backFrom(shown));
	expect((await asked.redeem(callback)).claims()?.sub).toBe(pwani.personId);
});

describe('a product that asks in circles', () => {
	const ask = async (parameters: Record<string, string> = {}, from = browser) =>
		from.follow((await client.request(parameters)).url.href, portal.origin);

	it('is stopped by a page with a way to support, and not by another redirect', async () => {
		for (let round = 1; round <= 10; round++) {
			const answer = await ask();
			expect(answer.headers.get('location'), `round ${round}`).toContain('code=');
		}
		const stopped = await ask();
		expect(stopped.status).toBe(429);
		expect(stopped.headers.get('location')).toBeNull();
		expect(stopped.headers.get('retry-after')).toBe('30');
		const page = await stopped.text();
		expect(page).toContain('ERP System keeps asking you to sign in');
		expect(page).toContain('href="/support/new?product=erp"');

		// Where no page may be shown it is told.
		const silent = await ask({ prompt: 'none' });
		expect(silent.headers.get('location')).toContain('error=temporarily_unavailable');
		// Other browsers of the same person are none of its business.
		const phone = createBrowser();
		await signInTo(phone, portal.origin, wanjiku.email, mavuno.businessId);
		expect((await ask({}, phone)).headers.get('location')).toContain('code=');
	});

	it('is not what a double click is, nor two tabs, nor five products opened at once', async () => {
		const answers = await Promise.all(Array.from({ length: 5 }, () => [ask(), ask()]).flat());
		for (const answer of answers) expect(answer.headers.get('location')).toContain('code=');
	});
});
