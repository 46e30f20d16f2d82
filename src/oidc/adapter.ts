import { errors, type Adapter, type AdapterPayload, type UnknownObject } from 'oidc-provider';
import { listClients, type Client } from '#server/modules/catalogue/index.ts';
import {
	consumePayload,
	deletePayload,
	deletePayloadsOf,
	endSignIn,
	findPayload,
	findSignIn,
	listSignIns,
	savePayload,
	type SignIn
} from '#server/modules/launch/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { contextOf } from './acr.ts';
import { portalSession, type PortalSession } from './portal-session.ts';
import { grantedClaims, grantedScope } from './scopes.ts';

/** How the provider keeps and finds each kind of thing. */
export function adapterFor(model: string): Adapter {
	switch (model) {
		case 'Client':
			return clients;
		case 'Grant':
			return grants;
		case 'Session':
			return sessions;
		default:
			return payloads(model);
	}
}

const nothing = async (): Promise<undefined> => undefined;

/** Codes, tokens and requests under way: what no table of ours knows better. */
function payloads(model: string): Adapter {
	return {
		upsert: (id, payload, expiresIn) => save(model, id, payload, expiresIn),
		find: (id) => find(model, id),
		findByUid: nothing,
		findByUserCode: nothing,
		async consume(id) {
			const first = await withSystem('oidc.consume', (scope) =>
				consumePayload(scope, { model, id })
			);
			if (first) return;
			// Two exchanges at once have both seen it unused. RFC 6749, 4.1.2: the second is refused, and what
			// the first was given ends too, since one of the two may be a thief.
			const grantId = (await find(model, id))?.grantId;
			if (grantId) await withSystem('oidc.replay', (scope) => endSignIn(scope, { id: grantId }));
			throw new errors.InvalidGrant('already consumed');
		},
		destroy: (id) => withSystem('oidc.destroy', (scope) => deletePayload(scope, { model, id })),
		revokeByGrantId: (grantId) =>
			withSystem('oidc.revoke', (scope) => deletePayloadsOf(scope, [grantId]))
	};
}

function save(
	model: string,
	id: string,
	payload: AdapterPayload,
	expiresIn: number | undefined
): Promise<void> {
	if (expiresIn === undefined) throw new Error(`The provider keeps no ${model} for ever.`);
	return withSystem('oidc.save', (scope) =>
		savePayload(scope, {
			model,
			id,
			payload: { ...payload },
			expiresAt: new Date(Date.now() + expiresIn * 1000)
		})
	);
}

async function find(model: string, id: string): Promise<AdapterPayload | undefined> {
	return (await withSystem('oidc.find', (scope) => findPayload(scope, { model, id }))) ?? undefined;
}

/** Clients are the catalogue's products, read at each use: a changed address counts at once. */
const clients: Adapter = {
	...payloads('Client'),
	async find(id) {
		const all = await withSystem('oidc.client', (scope) => listClients(scope));
		const client = all.find(({ productId }) => productId === id);
		return client && metadataOf(client);
	}
};

function metadataOf(client: Client): AdapterPayload {
	return {
		client_id: client.productId,
		client_secret: client.secret,
		client_name: client.name,
		slug: client.slug,
		application_type: 'web',
		grant_types: ['authorization_code', 'refresh_token'],
		response_types: ['code'],
		redirect_uris: client.redirectUrls,
		// Where none was named, a product may lead to its own front door after signing out.
		post_logout_redirect_uris:
			client.postLogoutUrls.length > 0
				? client.postLogoutUrls
				: [...new Set(client.redirectUrls.map((url) => new URL('/', url).href))],
		...(client.logoutUrl
			? {
					backchannel_logout_uri: client.logoutUrl,
					// Apache's mod_auth_openidc ends a session by its `sid` alone.
					backchannel_logout_session_required: true
				}
			: {})
	};
}

/** A grant is a sign-in: first-party products are not asked for consent. */
const grants: Adapter = {
	...payloads('Grant'),
	async find(id) {
		const signIn = await withSystem('oidc.grant', (scope) => findSignIn(scope, { id }));
		return signIn ? { ...grantOf(signIn), jti: id } : undefined;
	},
	destroy: (id) => withSystem('oidc.revoke', (scope) => endSignIn(scope, { id }))
};

function grantOf(signIn: SignIn): AdapterPayload {
	return {
		kind: 'Grant',
		iat: seconds(signIn.startedAt),
		exp: inAnHour(),
		accountId: signIn.personId,
		clientId: signIn.productId,
		openid: { scope: grantedScope, claims: grantedClaims }
	};
}

/**
 * The provider's session is the portal's session acting for one business, whatever cookie the provider
 * would set: it begins, changes and ends with it, and cannot outlive it. Only what the provider keeps
 * between two steps of signing out (`state`) is stored.
 */
const sessions: Adapter = {
	...payloads('Session'),
	async find(id): Promise<AdapterPayload | undefined> {
		const portal = portalSession();
		if (!portal) return find('Session', id);
		const uid = uidOf(portal);
		const [signIns, kept] = await withSystem('oidc.session', (scope) =>
			Promise.all([
				portal.businessId
					? listSignIns(scope, { sessionId: portal.sessionId, businessId: portal.businessId })
					: [],
				findPayload(scope, { model: 'Session', id: uid })
			])
		);
		return {
			...sessionOf(uid, portal.personId, signIns),
			...contextOf(portal),
			jti: id,
			loginTs: seconds(portal.startedAt),
			...(kept ? { state: kept['state'] as UnknownObject } : {})
		};
	},
	async findByUid(uid) {
		// Asked when a token is used: it lives as long as the sign-in it came from.
		const [sessionId = '', businessId = ''] = uid.split('.');
		const signIns = await withSystem('oidc.session', (scope) =>
			listSignIns(scope, { sessionId, businessId })
		);
		const [first] = signIns;
		return first ? sessionOf(uid, first.personId, signIns) : undefined;
	},
	async upsert(id, payload, expiresIn) {
		const portal = portalSession();
		if (!portal) return save('Session', id, payload, expiresIn);
		const uid = uidOf(portal);
		if (payload.state) await save('Session', uid, { state: payload.state }, expiresIn);
	},
	async destroy(id) {
		const portal = portalSession();
		await withSystem('oidc.session', (scope) =>
			deletePayload(scope, { model: 'Session', id: portal ? uidOf(portal) : id })
		);
	}
};

function sessionOf(uid: string, accountId: string, signIns: SignIn[]): AdapterPayload {
	return {
		kind: 'Session',
		uid,
		accountId,
		iat: seconds(new Date()),
		exp: inAnHour(),
		authorizations: Object.fromEntries(
			signIns.map(({ id, productId }) => [productId, { sid: id, grantId: id }])
		)
	};
}

function uidOf({ sessionId, businessId }: PortalSession): string {
	return `${sessionId}.${businessId ?? 'none'}`;
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
const inAnHour = (): number => seconds(new Date()) + 3600;
