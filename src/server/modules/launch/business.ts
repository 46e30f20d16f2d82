import * as v from 'valibot';
import { isId } from '../../platform/ids.ts';
import { businessOf, type Member, type Scope } from '../../platform/scope.ts';

/** Which business, in a door that is confined to none; elsewhere it is not looked at. */
export const InBusiness = v.optional(
	v.custom<string>((value) => isId('biz', value), 'This is not the id of a business.')
);

/** @throws Error when a system door names no business. */
export function businessIn(scope: Scope, businessId: string | undefined): string {
	if (scope.actor.kind !== 'system') return businessOf(scope);
	if (!businessId) throw new Error('A system door must name the business.');
	return businessId;
}

/** @throws Error when nobody of the business is at the door. */
export function memberIn({ actor }: Scope): Member {
	if (actor.kind !== 'member') throw new Error(`This is for people; a ${actor.kind} is none.`);
	return actor;
}
