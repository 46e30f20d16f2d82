import type { IncomingMessage, ServerResponse } from 'node:http';
import Provider from 'oidc-provider';
import { issuer, readSigningKeys, type SigningKeys } from '#server/modules/launch/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { installation } from '#server/platform/live.ts';
import { runtime } from '#server/platform/runtime.ts';
import { configuration, mount } from './configuration.ts';
import { interactions } from './interactions.ts';
import { pages } from './pages.ts';
import { asPortalSession } from './sign-out.ts';

export interface MountedProvider {
	/** Serves a request below `/oidc`. */
	callback(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

type Serve = ReturnType<Provider['callback']>;

/** How long a change of keys may go unnoticed when its announcement was lost. */
const longestUnnoticedMs = 60_000;

/** The portal's OpenID provider: code flow with PKCE, for the products of the catalogue. */
export async function createProvider(): Promise<MountedProvider> {
	const current = await followKeys();
	const publicUrl = new URL(runtime().publicUrl);
	return {
		async callback(request, response) {
			// Addresses are built from these, so a client's Host header must not reach them.
			request.headers['x-forwarded-host'] = publicUrl.host;
			request.headers['x-forwarded-proto'] = publicUrl.protocol.slice(0, -1);
			Object.assign(request, { originalUrl: request.url });
			request.url = request.url?.slice(mount.length) || '/';
			if (!request.url.startsWith('/')) request.url = `/${request.url}`;
			const serve = await current({ sure: /^\/jwks(\?|$)/.test(request.url) });
			await serve(request, response);
		}
	};
}

/**
 * The library takes its keys once and for all, so another set of keys gets another provider. That costs
 * milliseconds and loses nothing: all that a provider keeps is in the database.
 * @returns what gives the provider to ask now; `sure` when a key that was made this instant must be known
 */
async function followKeys(): Promise<(options: { sure: boolean }) => Promise<Serve>> {
	let serving: { kids: string; serve: Serve; until: number } | undefined;
	let announced = 0;
	let known = -1;
	let looking: Promise<Serve> | undefined;
	runtime().live.hear(installation, () => {
		announced += 1;
	});

	const look = async (): Promise<Serve> => {
		const heard = announced;
		const keys = await withSystem('oidc.keys', (scope) => readSigningKeys(scope));
		const kids = [keys.signing, ...keys.others].map(({ kid }) => kid).join(' ');
		const serve = serving?.kids === kids ? serving.serve : build(keys);
		const until = Math.min(
			runtime().clock.now().getTime() + longestUnnoticedMs,
			keys.changesAt?.getTime() ?? Infinity
		);
		serving = { kids, serve, until };
		known = heard;
		return serve;
	};
	await look();

	return async ({ sure }) => {
		const due = known !== announced || (serving?.until ?? 0) <= runtime().clock.now().getTime();
		if (serving && !due && !sure) return serving.serve;
		// One look may have begun before a key was made, so whoever must be sure takes their own.
		if (sure) return look();
		looking ??= look().finally(() => {
			looking = undefined;
		});
		return looking;
	};
}

function build(keys: SigningKeys): Serve {
	const provider = new Provider(issuer(), configuration(keys));
	// The address and protocol of a request are pinned, so what these headers say is ours.
	provider.proxy = true;
	provider.on('server_error', (ctx, error) => {
		runtime().log.error({ path: ctx.path, error }, 'the OpenID provider failed');
	});
	provider.on('backchannel.error', (_ctx, error, client) => {
		runtime().log.warn(
			{ product: client.clientId, error },
			'a product could not be told of a logout'
		);
	});
	provider.use(pages);
	provider.use(asPortalSession(provider));
	provider.use(interactions(provider));
	return provider.callback();
}
