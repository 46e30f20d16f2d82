import { m } from '#lib/paraglide/messages.js';
import {
	activityFields,
	addressDays,
	keptMonths,
	listActivity,
	readKeeping,
	saveKeeping
} from '#server/modules/activity/index.ts';
import { fieldName, wordActivity } from '#server/web/activity.ts';
import { form, mayDo, page } from '#server/web/page.ts';
import { readCursor } from '../parts/cursor.ts';
import { toInput } from './filters.ts';
import { readChoices } from './read.server.ts';
import type { Actions, PageServerLoad } from './$types';

const pageLength = 25;

export const load: PageServerLoad = page(async (scope, { url }) => {
	const { actor } = scope;
	const { products, people, filters } = await readChoices(scope, url.searchParams);
	const before = readCursor(url.searchParams.get('before'));
	const [{ entries, next }, months] = await Promise.all([
		listActivity(scope, {
			...toInput(filters, actor.timeZone),
			limit: pageLength,
			...(before === undefined ? {} : { before })
		}),
		readKeeping(scope, {})
	]);
	const all = mayDo(actor, 'activity.read-all');
	return {
		title: m.activity_title(),
		now: scope.now,
		zone: actor.timeZone,
		products,
		people,
		// Of their own, only those who see money have anything of it.
		fields: activityFields
			.filter((field) => all || field !== 'billing' || mayDo(actor, 'billing.read'))
			.map((field) => ({ field, name: fieldName(field) })),
		filters,
		all,
		newest: before === undefined,
		entries: entries.map(wordActivity),
		next,
		keeping: { months, choices: keptMonths, addressDays, mayChange: mayDo(actor, 'activity.keep') },
		kept: url.searchParams.has('kept')
	};
});

export const actions: Actions = {
	keep: form(saveKeeping, {
		input: ({ months }) => ({ months: months === '' ? null : Number(months) }),
		done: () => ({ to: '/activity?kept=1#keeping' })
	})
};
