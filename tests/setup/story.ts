import { listActivity, type ActivityView } from '#server/modules/activity/index.ts';
import {
	listInvoices,
	listMetersToBill,
	listSubscriptions,
	readAttention,
	readInvoice,
	readNextBill
} from '#server/modules/billing/index.ts';
import { listBusinesses, listMembers } from '#server/modules/businesses/index.ts';
import { listLaunchers } from '#server/modules/launch/index.ts';
import { listNotifications } from '#server/modules/notifications/index.ts';
import { listReferralSources, readReferralSummary } from '#server/modules/referrals/index.ts';
import { listTickets, readTicket } from '#server/modules/support/index.ts';
import { listUsage, readQuantities, readSeries } from '#server/modules/usage/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member, Scope } from '#server/platform/scope.ts';

/** A member of a business of the story, as they stand at a door. */
export async function findMember(business: string, email: string, now: Date): Promise<Member> {
	return withSystem(
		'test',
		async (scope) => {
			const found = (await listBusinesses(scope, {})).find(({ name }) => name === business);
			if (!found) throw new Error(`There is no ${business}.`);
			const members = await listMembers(scope, { businessId: found.id });
			const member = members.find((one) => one.email === email);
			if (!member) throw new Error(`${email} is not in ${business}.`);
			return {
				kind: 'member',
				businessId: found.id,
				personId: member.personId,
				name: member.name,
				role: member.role,
				timeZone: found.timeZone
			};
		},
		{ at: now }
	);
}

/**
 * Everything that the story tells of a business, read through the modules. Ids, of which no two are
 * alike, are left out: the same story reads the same.
 */
export async function readTold(owner: Member, now: Date) {
	return withBusiness(owner, async (scope) => withoutIds(await readAll(scope)), { at: now });
}

async function readAll(scope: Scope) {
	const span = { from: new Date(scope.now.getTime() - 420 * 86_400_000), to: scope.now };
	const { invoices } = await listInvoices(scope, {});
	const { tickets } = await listTickets(scope, { limit: 100 });
	const metered = await readQuantities(scope, { meters: await listMetersToBill(scope, {}) });
	const read = async <T, R>(numbers: T[], one: (of: T) => Promise<R>): Promise<R[]> => {
		const all: R[] = [];
		for (const number of numbers) all.push(await one(number));
		return all;
	};
	return {
		people: await listMembers(scope, {}),
		subscriptions: await listSubscriptions(scope, {}),
		invoices: await read(invoices, ({ number }) => readInvoice(scope, { number })),
		attention: await readAttention(scope, {}),
		nextBill: await readNextBill(scope, { metered }),
		bytes: await readSeries(scope, { of: { unit: 'bytes' }, ...span, bucket: 'day' }),
		usage: (await listUsage(scope, span))
			.map(({ meter, total }) => `${meter} ${total ?? ''}`)
			.sort(),
		referrals: await readReferralSummary(scope, {}),
		sources: await listReferralSources(scope, {}),
		tickets: await read(tickets, ({ number }) => readTicket(scope, { number })),
		activity: inOrder(await readActivity(scope)),
		launchers: [...(await listLaunchers(scope, {})).values()].sort((one, other) =>
			String(one.continueLabel).localeCompare(String(other.continueLabel))
		),
		notifications: inOrder((await listNotifications(scope, { limit: 100 })).notifications)
	};
}

async function readActivity(scope: Scope): Promise<ActivityView[]> {
	const all: ActivityView[] = [];
	for (let before: string | null | undefined; before !== null;) {
		const page = await listActivity(scope, { limit: 100, ...(before ? { before } : {}) });
		all.push(...page.entries);
		before = page.next;
	}
	return all;
}

/** What happened at the same moment has no order of its own: it gets one by what it says. */
function inOrder<T extends { id: string; at: Date }>(entries: T[]): T[] {
	const name = (entry: T) => `${entry.at.getTime()} ${JSON.stringify({ ...entry, id: null })}`;
	return entries.sort((one, other) => (name(one) < name(other) ? 1 : -1));
}

function withoutIds<T>(value: T): T {
	if (typeof value === 'string') return value.replace(/\b([a-z]{3})_[0-9a-z]{26}\b/g, '$1') as T;
	if (Array.isArray(value)) return value.map(withoutIds) as T;
	if (typeof value !== 'object' || value === null || value instanceof Date) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, inner]) => [key, withoutIds(inner as unknown)])
	) as T;
}
