import * as v from 'valibot';
import { Invalid } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { announce } from '../../platform/live.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listProductPlaces, readProduct, type Product } from '../catalogue/index.ts';
import { businessIn, InBusiness } from './business.ts';
import { startPath } from './landing.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'product.settings-changed': {
			productId: string;
			product: string;
			what: 'landing' | 'contact';
		};
	}
}

/** Who in the business answers for a product; what is not told is empty. */
export interface Contact {
	name: string;
	email: string;
	phone: string;
}

/** What a business has set for a product. */
export interface ProductSettings {
	/** Where a launch lands: where the person last was, at the product's beginning, or at a place of its own. */
	landing: { to: 'last' } | { to: 'start' } | { to: 'place'; path: string; label: string };
	/** Whether everybody lands there, or only those who were nowhere yet. */
	always: boolean;
	/** Null while nobody is named. */
	contact: Contact | null;
}

export const unset: ProductSettings = { landing: { to: 'last' }, always: false, contact: null };

/** @throws NotFound for an unknown product */
export const readProductSettings = usecase(
	'product.settings-read',
	v.object({ product: v.string(), businessId: InBusiness }),
	async (scope, { product, businessId }): Promise<ProductSettings> => {
		const { id } = await readProduct(scope, { slug: product });
		return readSettings(scope, businessIn(scope, businessId), id);
	}
);

export async function readSettings(
	{ db }: Scope,
	businessId: string,
	productId: string
): Promise<ProductSettings> {
	const row = await db
		.selectFrom('launch.product_settings')
		.select([
			'landing_path',
			'landing_label',
			'landing_always',
			'contact_name',
			'contact_email',
			'contact_phone'
		])
		.where('business_id', '=', businessId)
		.where('product_id', '=', productId)
		.executeTakeFirst();
	if (!row) return unset;
	const contact = { name: row.contact_name, email: row.contact_email, phone: row.contact_phone };
	return {
		landing: landingOf(row.landing_path, row.landing_label),
		always: row.landing_always,
		contact: isEmpty(contact) ? null : contact
	};
}

/** What is kept of a landing, put together. */
export function landingOf(path: string | null, label: string | null): ProductSettings['landing'] {
	if (path === null || label === null) return { to: 'last' };
	return path === startPath ? { to: 'start' } : { to: 'place', path, label };
}

function isEmpty({ name, email, phone }: Contact): boolean {
	return name === '' && email === '' && phone === '';
}

/**
 * Sets where launches of a product land. `last` follows each person; `start` and a place count for those
 * who were nowhere yet, or with `always` for everybody.
 * @throws NotFound; Invalid on `landing` for a place that the product did not declare
 */
export const saveLanding = usecase(
	'product.settings-change',
	v.object({
		product: v.string(),
		/** `last`, `start`, or the path of a place that the product declared. */
		landing: v.string('Choose where a launch lands.'),
		always: v.optional(v.boolean(), false)
	}),
	async (scope, { product: slug, landing, always }) => {
		const product = await readProduct(scope, { slug });
		const chosen = await choose(scope, slug, landing);
		await save(scope, product, 'landing', {
			landing_path: chosen?.path ?? null,
			landing_label: chosen?.label ?? null,
			landing_always: chosen !== null && always
		});
	}
);

async function choose(
	scope: Scope,
	product: string,
	landing: string
): Promise<{ path: string; label: string } | null> {
	if (landing === 'last') return null;
	if (landing === 'start') return { path: startPath, label: 'start' };
	const place = (await listProductPlaces(scope, { product })).find(({ path }) => path === landing);
	if (!place)
		throw new Invalid([
			{ path: 'landing', message: 'Choose one of the places that the product names.' }
		]);
	return place;
}

const Line = (most: number, what: string) =>
	v.pipe(v.string(), v.trim(), v.maxLength(most, `${what} has at most ${most} characters.`));

/** Names who in the business answers for a product; all three empty names nobody. @throws NotFound */
export const saveContact = usecase(
	'product.settings-change',
	v.object({
		product: v.string(),
		name: v.optional(Line(120, 'A name'), ''),
		email: v.optional(
			v.union(
				[
					v.pipe(v.string(), v.trim(), v.literal('')),
					v.pipe(Line(254, 'An e-mail address'), v.email())
				],
				'Write an e-mail address such as name@business.co.ke.'
			),
			''
		),
		phone: v.optional(
			v.pipe(
				Line(40, 'A telephone number'),
				v.regex(/^(\+?[\d ()-]{6,})?$/, 'Write a telephone number such as +254 712 345 678.')
			),
			''
		)
	}),
	async (scope, { product: slug, ...contact }) => {
		const product = await readProduct(scope, { slug });
		await save(scope, product, 'contact', {
			contact_name: contact.name,
			contact_email: contact.email,
			contact_phone: contact.phone
		});
	}
);

interface Columns {
	landing_path?: string | null;
	landing_label?: string | null;
	landing_always?: boolean;
	contact_name?: string;
	contact_email?: string;
	contact_phone?: string;
}

/** Whoever reacts is told of what changed, and not of the same said again. */
async function save(
	scope: Scope,
	product: Product,
	what: 'landing' | 'contact',
	columns: Columns
): Promise<void> {
	const businessId = businessOf(scope);
	const { db, now } = scope;
	const before = await readSettings(scope, businessId, product.id);
	await db
		.insertInto('launch.product_settings')
		.values({ business_id: businessId, product_id: product.id, changed_at: now, ...columns })
		.onConflict((conflict) =>
			conflict.columns(['business_id', 'product_id']).doUpdateSet({ changed_at: now, ...columns })
		)
		.execute();
	const after = await readSettings(scope, businessId, product.id);
	if (JSON.stringify(before) === JSON.stringify(after)) return;
	await emit(scope, 'product.settings-changed', {
		productId: product.id,
		product: product.name,
		what
	});
	await announce(scope, businessId, 'launch');
}
