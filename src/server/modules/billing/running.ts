import { Conflict, Invalid, NotFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { announce } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import { readBusiness } from '../businesses/index.ts';
import { civilDate } from '../rating/index.ts';
import { selectAgreements, type Agreement } from './agreements.ts';
import { record, type ChangeKind, type Happening } from './history.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** Something was agreed otherwise; `subscription.changed` tells of how it stands. */
		'subscription.updated': {
			subscriptionId: string;
			productId: string;
			product: string;
			change: ChangeKind;
			/** The civil day from which it holds. */
			on: string;
			/** Names of plans, where that is what changed. */
			plan?: string;
			seats?: number | null;
		};
	}
}

/** A subscription that is about to change, with the moment and the day that it is for its business. */
export interface Running {
	agreement: Agreement;
	at: Date;
	zone: string;
	today: string;
}

/**
 * The subscription, held until the transaction ends. Of two that change it at once the second finds another version.
 *
 * @param version which version whoever changes it has seen
 * @throws NotFound; Conflict `subscription_changed`; Invalid `subscription_ended` at `subscriptionId`
 */
export async function holdRunning(
	scope: Scope,
	{ subscriptionId, version }: { subscriptionId: string; version?: number | undefined }
): Promise<Running> {
	const running = await readRunning(scope, { subscriptionId, lock: true });
	if (version !== undefined && running.agreement.version !== version)
		throw new Conflict(
			'subscription_changed',
			'The subscription has changed meanwhile. Look at it as it is now, and change it again.'
		);
	return running;
}

/** The same to look at. @throws NotFound; Invalid `subscription_ended` at `subscriptionId` */
export async function readRunning(
	scope: Scope,
	{ subscriptionId, lock }: { subscriptionId: string; lock?: boolean }
): Promise<Running> {
	const [agreement] = await selectAgreements(scope, {
		subscriptionIds: [subscriptionId],
		ended: true,
		lock
	});
	if (!agreement) throw new NotFound('This subscription');
	if (agreement.status === 'ended')
		throw new Invalid([
			{
				path: 'subscriptionId',
				message: `This subscription ended on ${agreement.endedOn ?? ''} and cannot be changed. A new one can be started.`,
				code: 'subscription_ended'
			}
		]);
	const { timeZone: zone } = await readBusiness(scope, { businessId: agreement.businessId });
	return { agreement, at: scope.now, zone, today: civilDate(scope.now, zone) };
}

/**
 * What is changed is what was billed: while closing has something to do, nobody changes anything.
 * @throws Conflict `being_billed`
 */
export function requireBilled({ agreement: { closesOn, period }, today }: Running): void {
	if (closesOn === null || closesOn > today) return;
	throw new Conflict(
		'being_billed',
		// What was used last may still come in for some hours.
		period.end <= today
			? 'The period that has just ended is still being billed. Try again in a few hours.'
			: 'A bill for this subscription is being made just now. Try again in a few minutes.'
	);
}

/** Who may say that something takes effect otherwise than the plan says. */
export function isVendor({ actor }: Scope): boolean {
	return actor.kind === 'system' || actor.kind === 'staff';
}

/** @throws Conflict `subscription_suspended` */
export function requireNotSuspended({ agreement: { status, product } }: Running): void {
	if (status === 'suspended')
		throw new Conflict(
			'subscription_suspended',
			`${product.name} is suspended. It can be changed once what is open has been paid.`
		);
}

/** Says what was agreed otherwise: to its history, to whoever reacts, to open pages. */
export async function tellUpdated(
	scope: Scope,
	agreement: Agreement,
	happening: Omit<Happening, 'businessId' | 'subscriptionId'>
): Promise<void> {
	const { businessId, id, product } = agreement;
	await record(scope, { businessId, subscriptionId: id, ...happening });
	const { plan, seats } = happening.to;
	await emit(
		scope,
		'subscription.updated',
		{
			subscriptionId: id,
			productId: product.id,
			product: product.name,
			change: happening.kind,
			on: happening.onDay,
			...(plan === undefined ? {} : { plan }),
			...(seats === undefined ? {} : { seats })
		},
		businessId
	);
	await announce(scope, businessId, 'billing');
	await announce(scope, businessId, 'launch');
}
