import { m } from '#lib/paraglide/messages.js';
import { formatBytes } from '#lib/format/bytes.ts';
import { readConsumption, whatChanged, type Share } from '#server/modules/usage/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import type { Row } from './explore-view.ts';
import type { Look } from './look.server.ts';
import type { ConsumptionView } from './view.ts';

/** Null where no product measures data. */
export async function readConsumptionView(
	scope: MemberScope,
	{ range, products, names: people }: Look
): Promise<ConsumptionView | null> {
	const { moved, ...found } = await readConsumption(scope, {
		from: range.start,
		to: range.end,
		previous: { from: range.previous.start, to: range.previous.end },
		productIds: products.map(({ id }) => id)
	});
	const rows = (shares: readonly Share[], names: ReadonlyMap<string, string>): Row[] =>
		shares.map(({ of, value, previous }) => ({
			name: of === null ? m.usage_untold() : (names.get(of) ?? of),
			// Whoever moved some before and none now moved nothing.
			value: value ?? (previous === null ? null : 0),
			previous
		}));
	const productNames = new Map(products.map(({ id, name }) => [id, name]));
	const tables = [
		{ id: 'products', heading: m.usage_by_products(), rows: rows(found.products, productNames) },
		{ id: 'people', heading: m.usage_by_people(), rows: rows(found.people, people) },
		{ id: 'branches', heading: m.usage_by_branches(), rows: rows(found.branches, new Map()) },
		{ id: 'stored', heading: m.usage_stored(), rows: rows(found.stored, productNames) },
		{
			id: 'stored-people',
			heading: m.usage_stored_people(),
			rows: rows(found.storedByPeople, people)
		},
		{
			id: 'stored-branches',
			heading: m.usage_stored_branches(),
			rows: rows(found.storedByBranches, new Map())
		}
		// One product alone is what the figures above tell already.
	].filter(({ id, rows: told }) => told.length > (id === 'products' ? 1 : 0));
	if (moved.value === null && moved.previous === null && tables.length === 0) return null;
	const among = found.products.length > 1 ? 'products' : 'people';
	const changed = whatChanged(moved, found[among]);
	const name = among === 'products' ? productNames : people;
	return { changed: sentence(changed, range.previous.name, name), tables };
}

function sentence(
	changed: ReturnType<typeof whatChanged>,
	period: string,
	names: ReadonlyMap<string, string>
): string {
	if (!changed) return m.usage_changed_unknown({ period });
	const { difference, largest } = changed;
	if (difference === 0) return m.usage_changed_same({ period });
	const amount = formatBytes(Math.abs(difference));
	const whole =
		difference > 0
			? m.usage_changed_more({ amount, period })
			: m.usage_changed_less({ amount, period });
	if (!largest || largest.of === null) return whole;
	const part = {
		name: names.get(largest.of) ?? largest.of,
		amount: formatBytes(Math.abs(largest.difference))
	};
	return `${whole} ${largest.difference > 0 ? m.usage_changed_most_more(part) : m.usage_changed_most_less(part)}`;
}
