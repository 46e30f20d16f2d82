import type { RequestEvent } from '@sveltejs/kit';
import { countTicketQueue } from '#server/modules/support/index.ts';
import { staffPage, staffPageAt } from '#server/web/page.ts';
import { readBusiness } from '#server/modules/businesses/index.ts';

type StaffScope = Parameters<Parameters<typeof staffPage>[1]>[0];

/** What stands around every page of the console. */
export interface ConsoleFrame {
	person: string;
	path: string;
	/** Tickets that wait for the vendor. */
	open: number;
}

/** Staff reckon days in the vendor's zone, whosever rows they look at. */
export const consoleZone = 'Africa/Nairobi';

/** A page of the console with its frame, read behind one door. `reason` is kept in the audit log. */
export function consolePage<E extends RequestEvent, R extends object>(
	reason: string,
	work: (scope: StaffScope, event: E) => Promise<R>
): (event: E) => Promise<R & { frame: ConsoleFrame; now: Date; zone: string }> {
	return staffPage(reason, async (scope, event: E) => {
		const [{ open }, data] = await Promise.all([countTicketQueue(scope, {}), work(scope, event)]);
		const frame = { person: scope.actor.name, path: event.url.pathname, open };
		return { ...data, frame, now: scope.now, zone: consoleZone };
	});
}

/** A page of the console about one customer, read behind the door that is confined to them. */
export function customerPage<
	E extends RequestEvent & { params: { business: string } },
	R extends object
>(
	reason: string,
	work: (scope: StaffScope, event: E, customer: Customer) => Promise<R>
): (event: E) => Promise<R & { customer: Customer; frame: ConsoleFrame; now: Date; zone: string }> {
	return (event) => {
		let open = 0;
		return staffPageAt(
			event.params.business,
			`${reason} ${event.params.business}`,
			async (scope, asked: E) => {
				const customer = await readBusiness(scope, {});
				const data = await work(scope, asked, customer);
				const frame = { person: scope.actor.name, path: asked.url.pathname, open };
				return { ...data, customer, frame, now: scope.now, zone: customer.timeZone };
			},
			async (scope) => {
				({ open } = await countTicketQueue(scope, {}));
			}
		)(event);
	};
}

export type Customer = Awaited<ReturnType<typeof readBusiness>>;
