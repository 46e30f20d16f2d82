import { createApiKey, revokeApiKey } from '#server/modules/catalogue/index.ts';
import { recordEvents, type UsageEvent } from '#server/modules/usage/index.ts';
import type { Calendar } from '../calendar.ts';
import { mavunoUse, pwaniUse } from '../ledger.ts';
import type { Slug } from '../people.ts';
import { asSystem, type Telling } from '../telling.ts';
import { tellUse, type StoryUse } from '../usage.ts';
import { startsOf } from './subscriptions.ts';

const megabyte = 1_000_000;
const megabytes = (course: number[]): number[] => course.map((count) => count * megabyte);

/**
 * Everything that the products measured, sent as they would have sent it: what was counted before is
 * known by its id.
 */
export async function tellUsage(telling: Telling): Promise<void> {
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

function useOfMavuno({ calendar, mavuno }: Telling): StoryUse {
	const starts = startsOf(calendar).mavuno;
	return {
		business: 'mavuno',
		businessId: mavuno.businessId,
		people: mavuno.people,
		use: mavunoUse,
		products: {
			erp: {
				since: starts.erp,
				bytes: megabytes([520, 560, 590, 640, 660, 705, 750, 790, 860, 930, 1_010, 1_130, 1_200]),
				bytesAfter: 226 * megabyte,
				headline: [22, 31, 40, 48, 57, 66, 75, 84, 95, 106, 119, 136, 156],
				headlineBefore: 131
			},
			sacco: {
				since: starts.sacco,
				bytes: megabytes([0, 0, 0, 0, 0, 0, 0, 0, 380, 450, 515, 560, 600]),
				bytesAfter: 112 * megabyte,
				headline: [0, 0, 0, 0, 0, 0, 0, 0, 61, 70, 78, 86, 89],
				headlineBefore: 83
			},
			payroll: {
				since: starts.payroll,
				bytes: megabytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 70, 165, 210, 300]),
				bytesAfter: 42 * megabyte,
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
		people: pwani.people,
		use: pwaniUse,
		products: {
			sacco: {
				since: startsOf(calendar).pwani.sacco,
				bytes: megabytes([0, 0, 0, 310, 360, 395, 430, 470, 520, 505, 560, 590, 560]),
				bytesAfter: 96 * megabyte,
				headline: [0, 0, 0, 148, 156, 163, 171, 178, 186, 193, 199, 206, 212],
				headlineBefore: 204
			}
		}
	};
}

/** The portal takes events of the last 35 days: history is told a month at a time, as of its end. */
const stretch = 30 * 86_400_000;
const batch = 1_000;

async function send(telling: Telling, slug: Slug, events: UsageEvent[]): Promise<void> {
	const { calendar, products } = telling;
	const key = await asSystem((scope) => createApiKey(scope, { product: slug }), calendar.now);
	for (const part of parts(events, calendar)) {
		const last = part.at(-1)?.time ?? 0;
		await recordEvents(part, { id: key.id, productId: products[slug] }, { at: new Date(last) });
	}
	await asSystem((scope) => revokeApiKey(scope, { id: key.id }), calendar.now);
}

function parts(events: UsageEvent[], { now }: Calendar): UsageEvent[][] {
	const found: UsageEvent[][] = [];
	let open: UsageEvent[] = [];
	for (const event of events) {
		if (event.time > now.getTime()) throw new Error('The story tells of what has not happened.');
		const first = open[0]?.time ?? event.time;
		if (open.length >= batch || event.time - first > stretch) {
			found.push(open);
			open = [];
		}
		open.push(event);
	}
	return open.length > 0 ? [...found, open] : found;
}
