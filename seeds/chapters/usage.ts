import { createApiKey, revokeApiKey } from '#server/modules/catalogue/index.ts';
import {
	fireAlerts,
	recordEvents,
	saveAlert,
	type UsageEvent
} from '#server/modules/usage/index.ts';
import type { Calendar } from '../calendar.ts';
import { mavunoUse, pwaniUse } from '../ledger.ts';
import type { Slug } from '../people.ts';
import { asMember, asSystem, names, ownerOf, type Telling } from '../telling.ts';
import { tellUse, type StoryUse } from '../usage.ts';
import { startsOf } from './subscriptions.ts';

const megabyte = 1_000_000;
const megabytes = (course: number[]): number[] => course.map((count) => count * megabyte);

/**
 * Everything that the products measured, sent as they would have sent it: what was counted before is
 * known by its id.
 */
export async function tellUsage(telling: Telling): Promise<void> {
	await setAlerts(telling);
	const told = [useOfMavuno(telling), useOfPwani(telling)].map((use) =>
		tellUse(use, telling.calendar)
	);
	for (const slug of Object.keys(telling.products) as Slug[])
		await send(
			telling,
			slug,
			told.flatMap((events) => events.get(slug) ?? []).sort((one, other) => one.time - other.time)
		);
}

/** The products of which something has a limit. */
const limited: ReadonlySet<Slug> = new Set(['erp', 'sacco']);

/** Mavuno wants to know how far it is with its plan's data and with SMS; half of the one is used, most of the other. */
async function setAlerts({ calendar, mavuno }: Telling): Promise<void> {
	const set = { period: 'month' as const, channels: ['bell' as const] };
	const at = calendar.at(calendar.day(-40), '10:15');
	await asMember(
		ownerOf(mavuno),
		(scope) =>
			saveAlert(scope, {
				...set,
				product: 'erp',
				meter: 'data',
				limitOf: 'plan',
				marks: [50, 75, 90, 100]
			}),
		at
	);
	await asMember(
		ownerOf(mavuno),
		(scope) =>
			saveAlert(scope, {
				...set,
				product: 'sacco',
				meter: 'sms',
				limit: 6_000,
				marks: [75, 100],
				action: 'ask'
			}),
		new Date(at.getTime() + 300_000)
	);
}

function useOfMavuno({ calendar, mavuno }: Telling): StoryUse {
	const starts = startsOf(calendar).mavuno;
	return {
		business: 'mavuno',
		businessId: mavuno.businessId,
		name: names.mavuno,
		people: mavuno.people,
		use: mavunoUse,
		products: {
			erp: {
				since: starts.erp,
				bytes: megabytes([520, 560, 590, 640, 660, 705, 750, 790, 860, 930, 1_010, 1_130, 1_200]),
				bytesAfter: 226 * megabyte,
				held: megabytes([
					120, 240, 370, 520, 680, 850, 1_030, 1_220, 1_430, 1_660, 1_910, 2_190, 2_400
				]),
				headline: [22, 31, 40, 48, 57, 66, 75, 84, 95, 106, 119, 136, 156],
				headlineBefore: 131
			},
			sacco: {
				since: starts.sacco,
				bytes: megabytes([0, 0, 0, 0, 0, 0, 0, 0, 380, 450, 515, 560, 600]),
				bytesAfter: 112 * megabyte,
				held: megabytes([0, 0, 0, 0, 0, 0, 0, 0, 90, 190, 300, 425, 540]),
				headline: [0, 0, 0, 0, 0, 0, 0, 0, 61, 70, 78, 86, 89],
				headlineBefore: 83
			},
			payroll: {
				since: starts.payroll,
				bytes: megabytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 70, 165, 210, 300]),
				bytesAfter: 42 * megabyte,
				held: megabytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 15, 45, 90, 130]),
				headline: [0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 21, 28, 34],
				headlineBefore: 27,
				headlineYesterday: 29
			}
		}
	};
}

function useOfPwani({ calendar, pwani }: Telling): StoryUse {
	return {
		business: 'pwani',
		businessId: pwani.businessId,
		name: names.pwani,
		people: pwani.people,
		use: pwaniUse,
		products: {
			sacco: {
				since: startsOf(calendar).pwani.sacco,
				bytes: megabytes([0, 0, 0, 310, 360, 395, 430, 470, 520, 505, 560, 590, 560]),
				bytesAfter: 96 * megabyte,
				held: megabytes([0, 0, 0, 80, 165, 255, 350, 450, 560, 670, 790, 915, 1_020]),
				headline: [0, 0, 0, 148, 156, 163, 171, 178, 186, 193, 199, 206, 212],
				headlineBefore: 204
			}
		}
	};
}

/**
 * The portal takes events of the last 35 days: history is told a month at a time, as of its end. The running
 * month of a product with limits is told day by day, so that they fire on theirs.
 */
const stretch = 30 * 86_400_000;
const batch = 1_000;

async function send(telling: Telling, slug: Slug, events: UsageEvent[]): Promise<void> {
	const { calendar, mavuno, products } = telling;
	const key = await asSystem((scope) => createApiKey(scope, { product: slug }), calendar.now);
	for (const part of parts(events, calendar, limited.has(slug))) {
		const last = part.at(-1)?.time ?? 0;
		await recordEvents(part, { id: key.id, productId: products[slug] }, { at: new Date(last) });
		if (limited.has(slug) && last >= calendar.startOf(calendar.month(0).start).getTime())
			await asSystem((scope) => fireAlerts(scope, [mavuno.businessId]), new Date(last));
	}
	await asSystem((scope) => revokeApiKey(scope, { id: key.id }), calendar.now);
}

function parts(
	events: UsageEvent[],
	{ now, month, startOf }: Calendar,
	byDay: boolean
): UsageEvent[][] {
	const days = byDay ? month(0).days.map((day) => startOf(day).getTime()) : [];
	const found: UsageEvent[][] = [];
	let open: UsageEvent[] = [];
	for (const event of events) {
		if (event.time > now.getTime()) throw new Error('The story tells of what has not happened.');
		const first = open[0]?.time ?? event.time;
		const begins = days.some((day) => first < day && event.time >= day);
		if (open.length >= batch || event.time - first > stretch || begins) {
			found.push(open);
			open = [];
		}
		open.push(event);
	}
	return open.length > 0 ? [...found, open] : found;
}
