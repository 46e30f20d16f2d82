import { Invalid } from '../../platform/errors.ts';
import type { Scope } from '../../platform/scope.ts';
import { civilDate } from '../rating/index.ts';

/** The vendor's bank reckons its days in it. */
const vendorZone = 'Africa/Nairobi';

export function vendorDay({ now }: Scope): string {
	return civilDate(now, vendorZone);
}

/** @throws Invalid for a day that has not begun for the vendor */
export function refuseFuture(scope: Scope, path: string, day: string): void {
	if (day > vendorDay(scope)) throw new Invalid([{ path, message: `${day} has not come yet.` }]);
}
