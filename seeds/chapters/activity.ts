import { recordActivity } from '#server/modules/activity/index.ts';
import { launch, listLaunchers, reportPlace } from '#server/modules/launch/index.ts';
import { tellHistory, tellLatest, type StoryReport } from '../activity.ts';
import type { Slug } from '../people.ts';
import { placesOfMavuno, visitsOfMavuno, type StoryPlace, type StoryVisit } from '../places.ts';
import { usualVisits } from '../visits.ts';
import { asMember, asProduct, type Cast, type Telling } from '../telling.ts';
import { startsOf } from './subscriptions.ts';

/** What people did in the products, as the products report it. */
export async function tellActivity(telling: Telling): Promise<void> {
	const { calendar, mavuno, pwani } = telling;
	const starts = startsOf(calendar);
	await report(telling, mavuno, [
		...tellHistory('mavuno', mavuno.people, starts.mavuno, calendar, 0.93),
		...tellLatest(calendar)
	]);
	await report(telling, pwani, tellHistory('pwani', pwani.people, starts.pwani, calendar, 0.25));
}

async function report(telling: Telling, cast: Cast, reports: StoryReport[]): Promise<void> {
	for (const slug of Object.keys(telling.products) as Slug[]) {
		const entries = reports.filter(({ product }) => product === slug);
		if (entries.length > 0)
			await asProduct(
				telling,
				slug,
				cast.businessId,
				(scope) => recordActivity(scope, { entries }),
				telling.calendar.now
			);
	}
}

/** Launches, and the places that products reported, in order of time. */
export async function tellLaunches(telling: Telling): Promise<void> {
	const { calendar, mavuno, pwani } = telling;
	const starts = startsOf(calendar);
	const visits = (cast: Cast, all: StoryVisit[]) =>
		all.map((visit) => ({ at: visit.at, tell: () => open(telling, cast, visit) }));
	const steps: { at: Date; tell: () => Promise<void> }[] = [
		...placesOfMavuno(calendar).map((place) => ({
			at: place.at,
			tell: () => reportFrom(telling, place)
		})),
		...visits(mavuno, [
			...usualVisits('mavuno', mavuno.people, starts.mavuno, calendar),
			...visitsOfMavuno(calendar)
		]),
		...visits(pwani, usualVisits('pwani', pwani.people, starts.pwani, calendar))
	];
	steps.sort((one, other) => one.at.getTime() - other.at.getTime());
	for (const step of steps) await step.tell();
}

/** Reported again, a place stays as it is. */
async function reportFrom(telling: Telling, place: StoryPlace): Promise<void> {
	await asProduct(
		telling,
		place.product,
		telling.mavuno.businessId,
		(scope) => reportPlace(scope, { person: place.email, label: place.label, path: place.path }),
		place.at
	);
}

/** Nobody's launches of one product are told out of order, so the last one says how far the story got. */
async function open({ products }: Telling, cast: Cast, visit: StoryVisit): Promise<void> {
	await asMember(
		cast.member(visit.email),
		async (scope) => {
			const launchers = await listLaunchers(scope, {});
			const last = launchers.get(products[visit.product])?.lastAccess;
			if (last && last >= visit.at) return;
			await launch(scope, { slug: visit.product, userAgent: visit.userAgent });
		},
		visit.at
	);
}
