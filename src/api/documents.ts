import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { generateSpecs } from 'hono-openapi';
import { runtime } from '#server/platform/runtime.ts';
import type { Env } from './env.ts';
import { templateOf, type Noun } from './noun.ts';
import { drawReference } from './reference.ts';

export type OpenApi = Awaited<ReturnType<typeof generateSpecs>>;

const styles = readFileSync(new URL('./reference.css', import.meta.url), 'utf8');

/** The page needs its style sheet and nothing else. */
const policy =
	"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The API's description of itself: OpenAPI for programs, a page for people, both from the schemas that check. */
export function documents(api: Hono<Env>, nouns: readonly Noun[]): Hono<Env> {
	let drawn: Promise<{ json: string; page: string }> | undefined;
	const draw = async (): Promise<{ json: string; page: string }> => {
		const description = await describeApi(api, nouns);
		return {
			json: JSON.stringify(description),
			page: String(await drawReference(description, nouns))
		};
	};

	return new Hono<Env>()
		.get('/openapi.json', async (c) => {
			const { json } = await (drawn ??= draw());
			c.header('Access-Control-Allow-Origin', '*');
			return c.body(json, 200, { 'Content-Type': 'application/json' });
		})
		.get('/docs', async (c) => {
			const { page } = await (drawn ??= draw());
			c.header('Content-Security-Policy', policy);
			c.header('X-Content-Type-Options', 'nosniff');
			c.header('Referrer-Policy', 'no-referrer');
			return c.html(page);
		})
		.get('/docs/reference.css', (c) =>
			c.body(styles, 200, {
				'Content-Type': 'text/css; charset=utf-8',
				'Cache-Control': 'public, max-age=3600',
				'X-Content-Type-Options': 'nosniff'
			})
		);
}

async function describeApi(api: Hono<Env>, nouns: readonly Noun[]): Promise<OpenApi> {
	const description = await generateSpecs(api, {
		documentation: {
			openapi: '3.1.0',
			info: {
				title: 'Evolve Business API',
				version: '1',
				description:
					'How products report usage, activity and places to the portal, say what they are, and read how a business stands. Failures are problems of RFC 9457 with a stable `code`.'
			},
			servers: [{ url: runtime().publicUrl }],
			tags: nouns.map(({ name, description: of }) => ({ name, description: of })),
			components: {
				securitySchemes: {
					key: {
						type: 'http',
						scheme: 'bearer',
						description: 'The product’s API key. The operator makes one with `key create`.'
					},
					integrator: {
						type: 'http',
						scheme: 'bearer',
						description:
							'The key of a system that works for the vendor across businesses. The operator makes one with `key create --integrator`, for what it may do.'
					}
				}
			}
		}
	});
	for (const { name, routes } of nouns) {
		for (const { path, method } of routes.routes) {
			const operation =
				description.paths[`/api/v1${templateOf(path)}`]?.[method.toLowerCase() as 'post'];
			if (operation) operation.tags = [name];
		}
	}
	return description;
}
