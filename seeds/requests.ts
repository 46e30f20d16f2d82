import type { Calendar } from './calendar.ts';
import type { Slug, StoryPerson } from './people.ts';

/** Somebody asks to be let into a product, and somebody answers. */
export interface StoryRequest {
	product: Slug;
	email: string;
	note: string;
	at: Date;
	/** Without it the request is open. */
	answer?: {
		by: string;
		answer: 'approved' | 'declined';
		role?: string;
		reply: string;
		at: Date;
	};
}

export function requestsOfMavuno(
	calendar: Calendar,
	people: readonly StoryPerson[]
): StoryRequest[] {
	const afterJoining = (email: string, minutes: number): Date =>
		new Date(
			(people.find((person) => person.email === email)?.joinedAt ?? calendar.now).getTime() +
				minutes * 60_000
		);
	const on = (days: number, time: string): Date => calendar.at(calendar.day(-days), time);
	return [
		{
			product: 'payroll',
			email: 'fatuma@mavuno.example',
			note: 'I would like to see who is on leave before I give out appointments.',
			at: on(41, '10:20'),
			answer: {
				by: 'wanjiku@mavuno.example',
				answer: 'declined',
				reply: 'Salaries stay with Achieng’s team. Ask her for the leave calendar.',
				at: on(41, '15:05')
			}
		},
		{
			product: 'payroll',
			email: 'ekiru@mavuno.example',
			note: 'I am in Achieng’s team from today.',
			at: afterJoining('ekiru@mavuno.example', 20),
			answer: {
				by: 'peter@mavuno.example',
				answer: 'approved',
				role: 'preparer',
				reply: 'Karibu, Ekiru.',
				at: afterJoining('ekiru@mavuno.example', 65)
			}
		},
		{
			product: 'erp',
			email: 'grace@mavuno.example',
			note: 'Members ask at my counter whether their seed has come in.',
			at: on(4, '11:10')
		}
	];
}
