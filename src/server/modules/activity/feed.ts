import { sql } from 'kysely';
import * as v from 'valibot';
import { CursorOf, cutPage, PageSize } from '../../platform/cursor.ts';
import { allowed } from '../../platform/permissions.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listProducts, type Product } from '../catalogue/index.ts';
import type { ActivityKind } from './entries.ts';

/** What only those who see money are told. */
const moneyKinds: ActivityKind[] = ['invoice_issued', 'payment_received'];

export interface ActivityView {
	id: string;
	kind: ActivityKind;
	at: Date;
	/** Null where a product did it by itself. The id is null for somebody whom the portal does not know. */
	person: { id: string | null; name: string } | null;
	product: Pick<Product, 'id' | 'slug' | 'name' | 'mark'> | null;
	/** The product's words, of a `reported` entry alone; plain text. */
	what: string | null;
	/** Where in the product, outermost first; plain text. */
	where: string | null;
	/** A path in the product. */
	path: string | null;
	/** What the words of the other kinds are made from: README.md. */
	params: Record<string, string | null>;
}

/** What happened in the scope's business, newest first. `next` continues behind the last. */
export const listActivity = usecase(
	'activity.read',
	v.object({
		limit: v.optional(PageSize, 25),
		before: v.optional(CursorOf('act')),
		/** A product's slug. */
		product: v.optional(v.string()),
		/** A person's id. */
		person: v.optional(v.string())
	}),
	async (scope, input): Promise<{ entries: ActivityView[]; next: string | null }> => {
		const { limit, before } = input;
		const products = await listProducts(scope, {});
		let query = scope.db
			.selectFrom('activity.entries')
			.select([
				'id',
				'kind',
				'occurred_at',
				'person_id',
				'person_name',
				'product_id',
				'what',
				'place',
				'path',
				'params'
			])
			.where('business_id', '=', businessOf(scope));
		if (!seesMoney(scope)) query = query.where('kind', 'not in', moneyKinds);
		if (input.product !== undefined) {
			const product = products.find(({ slug }) => slug === input.product);
			query = query.where('product_id', '=', product?.id ?? '');
		}
		if (input.person !== undefined) query = query.where('person_id', '=', input.person);
		if (before) query = query.where(sql<boolean>`(occurred_at, id) < (${before.at}, ${before.id})`);
		const rows = await query
			.orderBy('occurred_at', 'desc')
			.orderBy('id', 'desc')
			.limit(limit + 1)
			.execute();
		const { page, next } = cutPage(rows, limit, (row) => row.occurred_at);
		const marks = new Map(
			products.map(({ id, slug, name, mark }) => [id, { id, slug, name, mark }])
		);
		const entries = page.map((row): ActivityView => ({
			id: row.id,
			kind: row.kind as ActivityKind,
			at: row.occurred_at,
			person: row.person_name === null ? null : { id: row.person_id, name: row.person_name },
			product: marks.get(row.product_id ?? '') ?? null,
			what: row.what,
			where: row.place,
			path: row.path,
			params: row.params as Record<string, string | null>
		}));
		return { entries, next };
	}
);

function seesMoney({ actor }: Scope): boolean {
	return allowed(actor.kind === 'member' ? actor.role : actor.kind, 'billing.read');
}
