export {
	countOpenTickets,
	countTicketQueue,
	listTicketQueue,
	listTickets,
	readTicket,
	type TicketSummary
} from './desk.ts';
export { readUsualFirstReply } from './first-reply.ts';
export type { Author, Message } from './messages.ts';
export { setNextTicketNumber } from './series.ts';
export {
	answerTicket,
	closeTicket,
	openTicket,
	ticketStates,
	type TicketState
} from './tickets.ts';
