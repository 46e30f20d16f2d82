import { saveSeller, setNextInvoiceNumber } from '#server/modules/billing/index.ts';
import { holdClosing, releaseClosing } from '#server/modules/closing/index.ts';
import { setControlUnit } from '#server/modules/fiscal/index.ts';
import { setNextTicketNumber } from '#server/modules/support/index.ts';
import { Conflict } from '#server/platform/errors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import type { Runtime } from '#server/platform/runtime.ts';
import type { Scope } from '#server/platform/scope.ts';
import { accounts } from './accounts.ts';
import { createCalendar, type Calendar } from './calendar.ts';
import { tellAccesses } from './chapters/accesses.ts';
import { tellActivity, tellLaunches } from './chapters/activity.ts';
import { firstInvoiceOf, tellBilling, tellCustomers } from './chapters/billing.ts';
import { tellCatalogue } from './chapters/catalogue.ts';
import { readNews, tellReminders } from './chapters/notifications.ts';
import { tellBankAccount, tellPapers } from './chapters/papers.ts';
import { join, tellBusiness, tellPeople, tellStaff } from './chapters/people.ts';
import { tellAllReferrals } from './chapters/referrals.ts';
import { tellRequests, tellSettings } from './chapters/requests.ts';
import { startsOf, tellArrears, tellSubscriptions } from './chapters/subscriptions.ts';
import { firstTicket, tellTickets } from './chapters/support.ts';
import { tellUsage } from './chapters/usage.ts';
import { peopleOfMavuno, peopleOfPwani, peopleOfTana } from './people.ts';
import {
	asSystem,
	findBusiness,
	names,
	readCast,
	readProductIds,
	timeZone,
	type Telling
} from './telling.ts';

/**
 * Mavuno came exactly this long before the moment that the story is told at, so that the moment is known
 * again when a story that broke off is told to its end.
 */
const sinceMavunoCame = 400 * 86_400_000;

export interface TellingOptions {
	/** The end of the story; the clock's moment unless told. */
	now?: Date;
	/** The job runner of this process, if there is one; without it the story runs jobs itself while it lasts. */
	jobs?: RunningJobs;
	/** Hears what has been told, chapter by chapter. */
	told?: (chapter: string) => void;
}

/**
 * Tells the demo story: thirteen months of two businesses that end now, a third that pays late, and a fourth
 * that begins. It is
 * told once. Broken off anywhere, it is told to its end the next time, as of the moment it first had.
 *
 * @returns false when it had been told before
 */
export async function tellStory(runtime: Runtime, options: TellingOptions = {}): Promise<boolean> {
	// The last chapter is a business with nothing yet: when it is there, everything is.
	const asked = options.now ?? runtime.clock.now();
	if (await findBusiness(names.juma, asked)) return false;
	const begun = await findBusiness(names.mavuno, asked);
	const now = begun ? new Date(begun.createdAt.getTime() + sinceMavunoCame) : asked;

	const jobs = options.jobs ?? (await startJobs());
	try {
		await tellFrom(now, jobs, options.told ?? (() => undefined));
	} finally {
		if (!options.jobs) await jobs.stop();
	}
	return true;
}

async function tellFrom(
	now: Date,
	jobs: RunningJobs,
	told: (chapter: string) => void
): Promise<void> {
	const calendar = createCalendar(now, timeZone);
	const cameAt = new Date(now.getTime() - sinceMavunoCame);
	const pwaniCameAt = calendar.at(calendar.month(9).start, '08:30');

	const tanaCameAt = calendar.at(startsOf(calendar).tana.payroll, '00:01');

	// The periods of the past are billed by whoever tells them; what follows is billed as everywhere.
	await asSystem((scope) => holdClosing(scope, {}), now);
	const mavunoId = await tellBusiness(names.mavuno, cameAt, (scope) => setNumbers(scope, calendar));
	await tellCatalogue(cameAt);
	told('catalogue');

	const mavunoPeople = peopleOfMavuno(calendar, cameAt);
	const pwaniPeople = peopleOfPwani(calendar, pwaniCameAt);
	const pwaniId = await tellBusiness(names.pwani, pwaniCameAt, async () => undefined);
	const tanaPeople = peopleOfTana(tanaCameAt);
	const tanaId = await tellBusiness(names.tana, tanaCameAt, async () => undefined);
	await tellPeople(mavunoId, mavunoPeople, now);
	await tellPeople(pwaniId, pwaniPeople, now);
	await tellPeople(tanaId, tanaPeople, now);
	const [, , , , brian] = accounts;
	const personId = await tellStaff(brian, cameAt);
	const telling: Telling = {
		calendar,
		mavuno: await readCast(mavunoId, mavunoPeople, now),
		pwani: await readCast(pwaniId, pwaniPeople, now),
		tana: await readCast(tanaId, tanaPeople, now),
		products: await readProductIds(now)
	};
	told('people');
	await tellBankAccount(telling);

	await tellSubscriptions(telling);
	await tellCustomers(telling);
	await tellBilling(telling);
	await tellArrears(telling);
	await tellPapers(telling);
	told('billing');
	await tellRequests(telling);
	await tellAccesses(telling);
	await tellSettings(telling);
	await tellUsage(telling);
	told('usage');
	await tellAllReferrals(telling);
	told('referrals');
	await tellTickets(telling, { kind: 'staff', personId, name: brian.name });
	told('support');
	await tellLaunches(telling);
	await tellActivity(telling);
	told('activity');
	// What the modules tell each other has to have arrived before anybody can read it.
	await jobs.settle();
	await tellReminders(telling);
	await jobs.settle();
	await readNews(telling);
	told('notifications');

	// Whole in one transaction, since it stands for the whole story.
	const [, , , juma] = accounts;
	await tellBusiness(names.juma, calendar.ago(40), async (scope, id) => {
		await join(scope, id, { ...juma, role: 'owner' });
		await releaseClosing(scope, {});
	});
	await jobs.settle();
	told('everything');
}

/** The numbers go on from those of years that nobody tells here. */
async function setNumbers(scope: Scope, calendar: Calendar): Promise<void> {
	await saveSeller(scope, {
		name: 'Lixnet Ltd',
		address: ['P.O. Box 4120–00100, Nairobi, Kenya'],
		taxPin: 'P051930264T'
	});
	// So that it is seen how signed papers look; each says that a simulator signed it.
	await setControlUnit(scope, { adapter: 'simulator', settings: { clock: 'document' } });
	for (const set of [
		() => setNextInvoiceNumber(scope, { next: firstInvoiceOf(calendar) }),
		() => setNextTicketNumber(scope, { next: firstTicket })
	]) {
		try {
			await set();
		} catch (error) {
			// In an installation with a history of its own the numbers go on from that.
			if (!(error instanceof Conflict)) throw error;
		}
	}
}
