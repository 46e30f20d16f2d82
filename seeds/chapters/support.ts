import {
	answerTicket,
	closeTicket,
	listTickets,
	openTicket,
	readTicket
} from '#server/modules/support/index.ts';
import { withStaff } from '#server/platform/doors.ts';
import type { Member, Scope, Staff } from '#server/platform/scope.ts';
import { ticketsOfMavuno, ticketsOfPwani, type StoryTicket } from '../tickets.ts';
import { asMember, ownerOf, type Cast, type Telling } from '../telling.ts';

/** The tickets of the story are thirteen; the one that is open has the number 2041. */
export const firstTicket = 2029;

/** In the order in which they were opened, whoever opened them. */
export async function tellTickets(telling: Telling, agent: Staff): Promise<void> {
	const { calendar, mavuno, pwani } = telling;
	const all = [
		...ticketsOfMavuno(calendar).map((ticket) => ({ cast: mavuno, ticket })),
		...ticketsOfPwani(calendar).map((ticket) => ({ cast: pwani, ticket }))
	].sort((one, other) => one.ticket.openedAt.getTime() - other.ticket.openedAt.getTime());
	const known = new Map(
		(await Promise.all([mavuno, pwani].map((cast) => readTold(cast, calendar.now)))).flat()
	);
	for (const { cast, ticket } of all)
		await tellTicket(cast, ticket, agent, known.get(ticket.subject));
}

/** How far a ticket has been told. */
interface Told {
	number: string;
	messages: number;
	closed: boolean;
}

function readTold(cast: Cast, now: Date): Promise<[subject: string, told: Told][]> {
	return asMember(
		ownerOf(cast),
		async (scope) => {
			const { tickets } = await listTickets(scope, { limit: 100 });
			return Promise.all(
				tickets.map(async ({ subject, number, state }): Promise<[string, Told]> => {
					const { messages } = await readTicket(scope, { number });
					return [subject, { number, messages: messages.length, closed: state === 'closed' }];
				})
			);
		},
		now
	);
}

async function tellTicket(
	cast: Cast,
	{ subject, by, product, openedAt, messages, closedAfter }: StoryTicket,
	agent: Staff,
	known: Told | undefined
): Promise<void> {
	const after = (minutes: number): Date => new Date(openedAt.getTime() + minutes * 60_000);
	const member = (firstName: string): Member => {
		const person = cast.people.find(({ name }) => name.startsWith(`${firstName} `));
		return cast.member(person?.email ?? firstName);
	};
	const body = messages[0]?.body ?? '';
	const about = product ? { product } : {};
	const told =
		known ??
		(await asMember(
			member(by),
			async (scope): Promise<Told> => {
				const { number } = await openTicket(scope, { subject, body, ...about });
				return { number, messages: 1, closed: false };
			},
			openedAt
		));
	const { number } = told;
	for (const message of messages.slice(told.messages)) {
		const answer = (scope: Scope) => answerTicket(scope, { number, body: message.body });
		const at = after(message.minutes);
		if (message.by === 'staff') await withStaff(agent, `Answering ${number}`, answer, { at });
		else await asMember(member(message.by), answer, at);
	}
	if (closedAfter !== undefined && !told.closed)
		await asMember(member(by), (scope) => closeTicket(scope, { number }), after(closedAfter));
}
