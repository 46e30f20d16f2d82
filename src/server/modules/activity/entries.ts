import { sql } from 'kysely';
import * as v from 'valibot';
import { Invalid, type Issue } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listMembers } from '../businesses/index.ts';
import { listProducts } from '../catalogue/index.ts';
import { PlacePath, type Device } from '../launch/index.ts';
import { fieldOf, type ActivityKind } from './fields.ts';

/** How far ahead of the portal's clock a product's may be. */
const aheadMs = 5 * 60_000;

const Words = v.pipe(
	v.string(),
	v.trim(),
	v.nonEmpty('This must say something.'),
	v.maxLength(200, 'At most 200 characters.')
);
const Name = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(120));

export const ActivityReport = v.object({
	/** The product's own name for what happened: told again, it is the same and counts once. */
	key: v.pipe(v.string(), v.nonEmpty(), v.maxLength(200)),
	occurredAt: v.date(),
	/** Who did it, by the address they sign in with. */
	personEmail: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(254))),
	/** Who did it, for somebody whom the portal does not know; without both it was the product itself. */
	personName: v.optional(Name),
	/** What follows the name, such as `added 5 new employees`. */
	what: Words,
	/** Where in the product, outermost first: `Payroll › Employees`. */
	where: v.optional(Words),
	/** The path of that place in the product. */
	path: v.optional(PlacePath)
});

const RecordActivity = v.object({
	entries: v.pipe(
		v.array(ActivityReport),
		v.minLength(1, 'There is no entry.'),
		v.maxLength(1_000, 'At most 1,000 entries at a time.')
	)
});

/**
 * Takes what happened in a product, in its door to a business: all entries or none.
 * @returns how many were new, and how many had been told before
 * @throws Invalid `time_too_far_ahead` with the position of each such entry
 */
export const recordActivity = usecase(
	'activity.record',
	RecordActivity,
	async (scope, { entries }) => {
		const { actor } = scope;
		if (actor.kind !== 'product') throw new Error('What happened in a product, the product tells.');
		refuseFuture(scope, entries);
		const members = entries.some(({ personEmail }) => personEmail)
			? new Map(
					(await listMembers(scope, {})).map((member) => [member.email.toLowerCase(), member])
				)
			: new Map<string, never>();
		const written = await writeEntries(
			scope,
			actor.businessId,
			entries.map((entry) => {
				const member = entry.personEmail && members.get(entry.personEmail.toLowerCase());
				const name = entry.personName ?? entry.personEmail ?? null;
				return {
					key: `${actor.productId} ${entry.key}`,
					kind: 'reported',
					at: entry.occurredAt,
					person: member ? { id: member.personId, name: member.name } : { id: null, name },
					productId: actor.productId,
					what: entry.what,
					where: entry.where ?? null,
					path: entry.path ?? null
				};
			})
		);
		return { new: written, known: entries.length - written };
	}
);

function refuseFuture(scope: Scope, entries: { occurredAt: Date }[]): void {
	const latest = scope.now.getTime() + aheadMs;
	const issues = entries.flatMap(({ occurredAt }, index): Issue[] =>
		occurredAt.getTime() > latest
			? [
					{
						path: 'occurredAt',
						code: 'time_too_far_ahead',
						message: 'The time lies more than 5 minutes ahead of the portal’s clock.',
						index
					}
				]
			: []
	);
	if (issues.length > 0) throw new Invalid(issues, 'time_too_far_ahead', 422);
}

export interface NewEntry {
	key: string;
	kind: ActivityKind;
	at: Date;
	person: { id: string | null; name: string | null };
	productId: string | null;
	what?: string;
	where?: string | null;
	path?: string | null;
	params?: Record<string, string | null>;
	/** The id of whom it was done to, where that is not who did it. */
	about?: string | null;
	device?: Device | null;
	/** The network address that it came from. */
	address?: string | null;
	/** What the vendor's staff said why, where they did it. */
	vendorReason?: string | null;
}

/** @returns how many of them were not known */
export async function writeEntries(
	scope: Scope,
	businessId: string,
	entries: NewEntry[]
): Promise<number> {
	const products = new Map(
		(await listProducts(scope, {})).map(({ id, name }) => [id, name] as const)
	);
	const rows = await scope.db
		.insertInto('activity.entries')
		.values(
			entries.map((entry) => ({
				business_id: businessId,
				id: newId('act', scope.now),
				key: entry.key,
				kind: entry.kind,
				field: fieldOf(entry.kind),
				occurred_at: entry.at,
				person_id: entry.person.id,
				person_name: entry.person.name,
				product_id: entry.productId,
				what: entry.what ?? null,
				place: entry.where ?? null,
				path: entry.path ?? null,
				params: JSON.stringify(entry.params ?? {}),
				about_id: entry.about ?? null,
				device: entry.device ?? null,
				address: entry.address ?? null,
				by_vendor: entry.vendorReason !== undefined,
				reason: entry.vendorReason ?? null,
				words: wordsOf(businessId, entry, products.get(entry.productId ?? ''))
			}))
		)
		.onConflict((conflict) => conflict.columns(['business_id', 'key']).doNothing())
		.returning('id')
		.execute();
	if (rows.length > 0) await announce(scope, businessId, 'activity');
	return rows.length;
}

/** What an entry is found by: who, what, in which product, where; and the business, so that no other's is. */
function wordsOf(businessId: string, entry: NewEntry, product: string | undefined) {
	const text = [
		entry.person.name,
		entry.kind.replaceAll('_', ' '),
		product,
		entry.what,
		entry.where,
		...Object.values(entry.params ?? {})
	];
	return sql<string>`to_tsvector('english', ${text.filter(Boolean).join(' ')})
		|| array_to_tsvector(array[${businessId}::text])`;
}
