import { sql } from 'kysely';
import * as v from 'valibot';
import { Invalid, NotFound } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { announceToAll } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { whatIsGiven } from './given.ts';
import {
	SaveProduct,
	type marks,
	type Resource,
	type SuspendedMode,
	type UsageSuspension
} from './product-fields.ts';

/**
 * Makes the product of this slug, or changes the one there is. What is left out stays as it is, since products
 * are saved by several hands; null takes away.
 * @throws Invalid, before anything is written: for a new product without a name, for one that is not new where it
 * must be, and for a front-channel logout address at an origin of which no redirect address is (OpenID Connect
 * Front-Channel Logout 1.0, section 2). Open pages of every business look again, whichever process it was.
 */
export const saveProduct = usecase(
	'catalogue.manage',
	SaveProduct,
	async (scope, { slug, mustBeNew, ...input }): Promise<{ id: string }> => {
		const { db, now } = scope;
		listed.delete(scope);
		await announceToAll(scope, 'launch');
		const before = await db
			.selectFrom('catalogue.products')
			.select(['redirect_urls', 'frontchannel_logout_url'])
			.where('slug', '=', slug)
			.forUpdate()
			.executeTakeFirst();
		if (before && mustBeNew) throw wrong('slug', 'There is a product with this slug already.');
		if (!before && input.name === undefined) throw wrong('name', 'Write the name of the product.');
		checkFrontChannel(
			input.frontchannelLogoutUrl === undefined
				? (before?.frontchannel_logout_url ?? null)
				: input.frontchannelLogoutUrl,
			input.redirectUrls ?? before?.redirect_urls ?? []
		);
		const given = whatIsGiven({
			name: input.name,
			summary: input.summary,
			mark: input.mark,
			headline_meter: input.headlineMeter,
			headline_label: input.headlineLabel,
			position: input.position,
			login_url: input.loginUrl,
			redirect_urls: input.redirectUrls,
			post_logout_urls: input.postLogoutUrls,
			logout_url: input.logoutUrl,
			frontchannel_logout_url: input.frontchannelLogoutUrl,
			suspended_mode: input.suspendedMode,
			usage_suspension: input.usageSuspension,
			closing_notice_days: input.closingNoticeDays,
			support_email: input.supportEmail,
			support_phone: input.supportPhone,
			resources: input.resources && JSON.stringify(input.resources)
		});
		return db
			.insertInto('catalogue.products')
			.values({
				id: newId('prd', now),
				slug,
				created_at: now,
				name: '',
				summary: '',
				position: sql`(select coalesce(max(position), 0) + 1 from catalogue.products)`,
				...given
			})
			.onConflict((conflict) => conflict.column('slug').doUpdateSet({ slug, ...given }))
			.returning('id')
			.executeTakeFirstOrThrow();
	}
);

function checkFrontChannel(logout: string | null, redirects: string[]): void {
	if (logout === null) return;
	const { origin } = new URL(logout);
	if (redirects.some((url) => new URL(url).origin === origin)) return;
	throw wrong(
		'frontchannelLogoutUrl',
		'Give an address at the same host and port as a redirect address.'
	);
}

function wrong(path: string, message: string): Invalid {
	return new Invalid([{ path, message }]);
}

export interface Product {
	id: string;
	slug: string;
	name: string;
	summary: string;
	mark: (typeof marks)[number];
	headlineMeter: string | null;
	headlineLabel: string | null;
	loginUrl: string | null;
	/** What is left of it while a subscription is suspended. */
	suspendedMode: SuspendedMode;
	/** Days between a suspension and its closing, where `suspendedMode` is `closed`. */
	closingNoticeDays: number;
	/** Whether a limit of a customer's own may suspend it, and what that leaves; null where it may not. */
	usageSuspension: UsageSuspension | null;
	supportEmail: string | null;
	supportPhone: string | null;
	/** Guides, training, downloads. */
	resources: Resource[];
}

const productColumns = [
	'id',
	'slug',
	'name',
	'summary',
	'mark',
	'headline_meter as headlineMeter',
	'headline_label as headlineLabel',
	'login_url as loginUrl',
	'suspended_mode as suspendedMode',
	'closing_notice_days as closingNoticeDays',
	'usage_suspension as usageSuspension',
	'support_email as supportEmail',
	'support_phone as supportPhone',
	'resources'
] as const;

// A page asks for the catalogue from several modules at once; within one transaction once is enough.
const listed = new WeakMap<Scope, Promise<Product[]>>();

/** All products in the vendor's order. */
export const listProducts = usecase(
	'catalogue.read',
	v.object({}),
	async (scope): Promise<Product[]> => {
		const known = listed.get(scope);
		if (known) return known;
		const rows = scope.db
			.selectFrom('catalogue.products')
			.select(productColumns)
			.orderBy('position')
			.orderBy('slug')
			.execute() as Promise<unknown> as Promise<Product[]>;
		listed.set(scope, rows);
		return rows;
	}
);

/** @throws NotFound */
export const readProduct = usecase(
	'catalogue.read',
	v.object({ slug: v.string() }),
	async ({ db }, { slug }): Promise<Product> => {
		const row = await db
			.selectFrom('catalogue.products')
			.select(productColumns)
			.where('slug', '=', slug)
			.executeTakeFirst();
		if (!row) throw new NotFound(`The product ${slug.slice(0, 41)}`);
		return row as unknown as Product;
	}
);

/** A product as who keeps it sees it: with its addresses, and without its secrets. */
export interface ProductSetup extends Product {
	position: number;
	redirectUrls: string[];
	postLogoutUrls: string[];
	logoutUrl: string | null;
	frontchannelLogoutUrl: string | null;
	webhookUrl: string | null;
	/** Whether it has a client secret, without which nobody signs in to it. */
	signsIn: boolean;
	/** When it last said what its roles, places and exports are. */
	declaredAt: Date | null;
}

/** @throws NotFound */
export const readProductSetup = usecase(
	'catalogue.manage',
	v.object({ slug: v.string() }),
	async ({ db }, { slug }): Promise<ProductSetup> => {
		const row = await db
			.selectFrom('catalogue.products')
			.select([
				...productColumns,
				'position',
				'redirect_urls as redirectUrls',
				'post_logout_urls as postLogoutUrls',
				'logout_url as logoutUrl',
				'frontchannel_logout_url as frontchannelLogoutUrl',
				'webhook_url as webhookUrl',
				'declared_at as declaredAt'
			])
			.select((query) => query('client_secret_sealed', 'is not', null).as('signsIn'))
			.where('slug', '=', slug)
			.executeTakeFirst();
		if (!row) throw new NotFound(`The product ${slug.slice(0, 41)}`);
		return row as unknown as ProductSetup;
	}
);
