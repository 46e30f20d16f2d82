import { civilDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { changeBusiness, readBusiness } from '#server/modules/businesses/index.ts';
import { listGranters } from '#server/modules/launch/index.ts';
import { form, mayDo, page } from '#server/web/page.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	const [business, leaders] = await Promise.all([readBusiness(scope, {}), listGranters(scope, {})]);
	const mayChange = mayDo(scope.actor, 'business.change');
	return {
		title: m.settings_business(),
		business,
		since: civilDate(business.createdAt, business.timeZone),
		/** Who may change it: whom to ask. */
		leaders,
		mayChange,
		zones: mayChange ? zones(business.timeZone) : [],
		done: url.searchParams.has('done')
	};
});

/** Every zone there is; that of the business too, should it go by an older name. */
function zones(current: string): string[] {
	return [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', current])].sort();
}

export const actions: Actions = {
	default: form(changeBusiness, { done: () => ({ to: '/settings/business?done=1' }) })
};
