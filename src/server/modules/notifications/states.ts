import { withSystem } from '../../platform/doors.ts';
import { defineJob, enqueue } from '../../platform/jobs.ts';
import { announce } from '../../platform/live.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { listHoldersOf } from '../billing/index.ts';
import { readBusiness } from '../businesses/index.ts';
import { listStatesToTell, markStatesTold, type StateToTell } from '../catalogue/index.ts';
import { listAccesses } from '../launch/index.ts';
import { tell } from './channels.ts';
import type { News } from './letters.ts';
import type { NotificationKind } from './notifications.ts';
import { writeMoment } from './words.ts';

/** How many businesses are told in one job, so that none runs long and one that fails holds up few. */
const atATime = 50;

/** A state as a job carries it: instants are text. */
type Carried = Omit<StateToTell, 'from' | 'until'> & {
	from: string;
	until: string | null;
	/** When it was found that it is to be told. */
	at: string;
};

/**
 * Finds what nobody has been told of yet, redraws the open pages of those who hold the product, and leaves
 * the telling to jobs. Found, handed on and marked in one transaction: nothing is told twice or lost.
 */
export async function tellStates(scope: Scope<System>): Promise<void> {
	const states = await listStatesToTell(scope);
	for (const state of states) {
		const holders = await listHoldersOf(scope, { productId: state.productId });
		if (holders.length > 0) await announce(scope, holders, 'launch');
		const carried = {
			...state,
			from: state.from.toISOString(),
			until: state.until?.toISOString() ?? null,
			at: scope.now.toISOString()
		};
		for (let first = 0; first < holders.length; first += atATime)
			await enqueue(scope, tellHolders, {
				state: carried,
				businessIds: holders.slice(first, first + atATime)
			});
	}
	if (states.length > 0) await markStatesTold(scope, states);
}

const tellHolders = defineJob<{ state: Carried; businessIds: string[] }>({
	name: 'notifications.tell-state',
	async work(scope, { state, businessIds }) {
		for (const businessId of businessIds) await tellBusiness(scope, businessId, state);
	}
});

/** Everybody of a business who can open the product. */
async function tellBusiness(
	scope: Scope<System>,
	businessId: string,
	state: Carried
): Promise<void> {
	const [accesses, { timeZone }] = await Promise.all([
		listAccesses(scope, { businessId, product: state.product }),
		readBusiness(scope, { businessId })
	]);
	const { name, message, from, until } = state;
	const letter = letterOf(state, timeZone);
	await tell(scope, {
		businessId,
		productId: state.productId,
		topic: 'state',
		personIds: accesses.map(({ personId }) => personId),
		// A plan, a start and an end of one state are three things.
		key: `state ${state.id} ${state.what}`,
		kind: kinds[state.what],
		params: { product: name, state: state.state, message, from, ...(until ? { until } : {}) },
		at: new Date(state.at),
		...(letter ? { letter } : {})
	});
}

const kinds = {
	planned: 'state_planned',
	started: 'state_started',
	ended: 'state_ended',
	'called-off': 'state_called_off'
} as const satisfies Record<StateToTell['what'], NotificationKind>;

/** What is worth a letter: a maintenance that is planned or called off, an outage and its end. */
function letterOf(state: Carried, timeZone: string): News | null {
	const { name, message, what } = state;
	const moment = (at: string): string => writeMoment(new Date(at), timeZone);
	const said = message === '' ? '' : `\n\n${message}`;
	const path = `/products/${state.product}`;
	if (state.state === 'maintenance') {
		const from = moment(state.from);
		if (what === 'planned')
			return {
				subject: `Maintenance of ${name} on ${from}`,
				text: `${name} will be under maintenance from ${from} to ${moment(state.until ?? state.from)}. During that time it may not open.${said}`,
				path
			};
		if (what === 'called-off')
			return {
				subject: `No maintenance of ${name} on ${from}`,
				text: `The maintenance of ${name} that was planned for ${from} is called off.`,
				path
			};
		return null;
	}
	if (state.state !== 'outage') return null;
	if (what === 'started') {
		const expected = state.until ? ` It should be back by ${moment(state.until)}.` : '';
		return {
			subject: `${name} is down`,
			text: `${name} has not worked since ${moment(state.from)}. We are on it.${expected}${said}`,
			path
		};
	}
	return {
		subject: `${name} works again`,
		text: `${name} works again. Sorry for the trouble.`,
		path
	};
}

// It opens its own door: a minute in which there is nothing to tell writes nothing, and no drawn page is
// thrown away for it.
defineJob({
	name: 'notifications.states',
	cron: '* * * * *',
	opensOwnDoors: true,
	work: () => withSystem('notifications.states', tellStates)
});
