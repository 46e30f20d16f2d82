import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sampleProducts, type SampleProduct } from '../examples/products/catalogue.ts';
import type { Settings } from '../examples/products/settings.ts';
import { names } from '../seeds/telling.ts';
import { listBusinesses, listMembers } from '#server/modules/businesses/index.ts';
import {
	keepApiKey,
	listProducts,
	saveProduct,
	setClientSecret,
	setWebhook
} from '#server/modules/catalogue/index.ts';
import { listAccesses } from '#server/modules/launch/index.ts';
import { defineMeter, listMeters, readLatest } from '#server/modules/usage/index.ts';
import type { Program } from '#server/platform/children.ts';
import type { Config } from '#server/platform/config.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Scope, System } from '#server/platform/scope.ts';
import type { Secrets } from '#server/platform/secrets.ts';

type Customer = Settings['customers'][number];

/** What a product is told at its start, by the names that its settings have. */
interface Equipment {
	product: SampleProduct;
	origin: string;
	clientId: string;
	clientSecret: string;
	apiKey: string;
	webhookSecret: string;
}

const main = fileURLToPath(new URL('../examples/products/main.ts', import.meta.url));

/**
 * Puts the sample products into the catalogue, at the ports after the portal's, as an operator does who sets
 * products up; and gives the programs to run.
 */
export async function equipSampleProducts(config: Config, secrets: Secrets): Promise<Program[]> {
	return Promise.all(
		sampleProducts.map(async (product) => {
			const equipment = await withSystem('sample products', (scope) =>
				equip(scope, product, config, secrets)
			);
			return program(equipment, await listCustomers(equipment), config);
		})
	);
}

async function equip(
	scope: Scope<System>,
	product: SampleProduct,
	config: Config,
	secrets: Secrets
): Promise<Equipment> {
	const { hostname } = new URL(config.publicUrl);
	const origin = `http://${hostname}:${config.port + product.portOffset}`;
	const { slug, name, summary, mark, position, headlineMeter, headlineLabel, meters } = product;
	const isKnown = (await listProducts(scope, {})).some((known) => known.slug === slug);
	const { id } = await saveProduct(scope, {
		slug,
		// What the vendor has written of it since stays.
		...(isKnown ? {} : { name, summary, mark, position, headlineMeter, headlineLabel }),
		loginUrl: `${origin}/login`,
		redirectUrls: [`${origin}/callback`],
		postLogoutUrls: [`${origin}/signed-out`],
		logoutUrl: `${origin}/back-channel-logout`,
		frontchannelLogoutUrl: `${origin}/front-channel-logout`
	});
	// A product of this release may measure what the one that told the story did not.
	const measured = new Set(
		(await listMeters(scope, {})).map((meter) => `${meter.productId} ${meter.slug}`)
	);
	for (const meter of meters)
		if (!measured.has(`${id} ${meter.slug}`)) await defineMeter(scope, { product: slug, ...meter });
	// All follow from the installation's key: every start, and every process, arrives at the same.
	const derive = (what: string) => secrets.derive(`${what} of the sample product ${slug}`);
	const clientSecret = derive('client secret').toString('base64url');
	const apiKey = `evk_${derive('API key').toString('base64url')}`;
	const webhookSecret = `whsec_${derive('webhook secret').toString('base64')}`;
	await setClientSecret(scope, { product: slug, secret: clientSecret });
	await keepApiKey(scope, { product: slug, token: apiKey });
	await setWebhook(scope, { product: slug, url: `${origin}/webhooks`, secret: webhookSecret });
	return { product, origin, clientId: id, clientSecret, apiKey, webhookSecret };
}

/** How many a book begins with of what the product counts, where nothing was ever measured. */
const unmeasured = 40;

/** The businesses of the story that have the product; at the first two it goes on working a little by itself. */
async function listCustomers({ product, clientId }: Equipment): Promise<Customer[]> {
	const busy: string[] = [names.mavuno, names.pwani];
	const told: string[] = [...busy, names.tana];
	const known = await withSystem('sample products', async (scope) => {
		const [businesses, products] = await Promise.all([
			listBusinesses(scope, {}),
			listProducts(scope, {})
		]);
		const order = new Map(products.map(({ id }, position) => [id, position]));
		return Promise.all(
			businesses
				.filter(({ name }) => told.includes(name))
				.map(async (business) => ({
					business,
					members: await listMembers(scope, { businessId: business.id }),
					workers: workersOf(
						clientId,
						await listAccesses(scope, { businessId: business.id }),
						(productId) => order.get(productId) ?? 0
					)
				}))
		);
	});
	const customers = known.map(async ({ business, members, workers }) => {
		const people = members.flatMap(({ personId, name, email }) => {
			const role = workers.get(personId);
			return role === undefined ? [] : [{ name, email, role }];
		});
		const first = members.find(({ personId }) => workers.has(personId));
		if (!first) return [];
		const { personId, name, role } = first;
		const { id: businessId, timeZone } = business;
		const latest = (meter: string) =>
			withBusiness({ kind: 'member', businessId, personId, name, role, timeZone }, (scope) =>
				readLatest(scope, { meter: { productId: clientId, meter } })
			);
		const count = Number((await latest(product.headlineMeter))?.value ?? unmeasured);
		const held = await latest('storage');
		return [
			{
				id: businessId,
				name: business.name,
				count,
				...(held ? { bytes: Number(held.value) } : {}),
				people: busy.includes(business.name) ? people : []
			}
		];
	});
	return (await Promise.all(customers)).flat();
}

/**
 * In which role who works in the product. Who may open several works in the first of them: looking into
 * another is not working there.
 */
function workersOf(
	productId: string,
	accesses: { personId: string; productId: string; role: string }[],
	position: (productId: string) => number
): Map<string, string> {
	const first = new Map<string, { productId: string; role: string }>();
	for (const access of accesses) {
		const known = first.get(access.personId);
		if (known === undefined || position(access.productId) < position(known.productId)) {
			first.set(access.personId, access);
		}
	}
	return new Map(
		[...first].flatMap(([personId, works]) =>
			works.productId === productId ? [[personId, works.role] as const] : []
		)
	);
}

function program(equipment: Equipment, customers: Customer[], config: Config): Program {
	const { product, origin, clientId, clientSecret, apiKey, webhookSecret } = equipment;
	return {
		name: product.slug,
		args: ['--max-semi-space-size=2', main, product.slug],
		env: {
			PORT: String(config.port + product.portOffset),
			PRODUCT_URL: origin,
			PORTAL_URL: config.publicUrl,
			CLIENT_ID: clientId,
			CLIENT_SECRET: clientSecret,
			API_KEY: apiKey,
			WEBHOOK_SECRET: webhookSecret,
			STATE_DIR: path.join(config.dataDir, 'products'),
			WORK: '1',
			CUSTOMERS: JSON.stringify(customers)
		}
	};
}
