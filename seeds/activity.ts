import type { Calendar } from './calendar.ts';
import type { Slug, StoryPerson } from './people.ts';
import { createRandom } from './random.ts';

/** Something that a product reported, as it reports it. */
export interface StoryReport {
	product: Slug;
	key: string;
	occurredAt: Date;
	/** Absent where the product did it by itself. */
	personEmail?: string;
	what: string;
	where: string;
	/** A page that the sample product has; absent where it has none for it. */
	path?: string;
}

interface Habit {
	/** The product's roles that do this. */
	roles: string[];
	what: (number: (least: number, most: number) => number) => string;
	where: string;
	path?: string;
}

const habits: Record<Slug, Habit[]> = {
	erp: [
		{
			roles: ['sales', 'manager'],
			what: (number) => `posted ${number(3, 26)} sales invoices`,
			where: 'Sales › Invoices',
			path: '/sales/invoices'
		},
		{
			roles: ['storekeeper', 'manager'],
			what: (number) => `saved a receipt of ${number(12, 90)} bags of maize flour`,
			where: 'Stock › Receipts',
			path: '/stock/receipts'
		},
		{
			roles: ['storekeeper'],
			what: (number) => `changed the price of ${number(2, 14)} items`,
			where: 'Stock',
			path: '/stock'
		},
		{
			roles: ['storekeeper'],
			what: (number) => `counted ${number(20, 160)} items in the Industrial Area store`,
			where: 'Stock › Counts',
			path: '/stock/counts'
		},
		{
			roles: ['manager'],
			what: (number) => `approved order PO-0${number(101, 208)}`,
			where: 'Purchases › Orders',
			path: '/purchases/orders'
		},
		{
			roles: ['buyer'],
			what: (number) => `asked for ${number(20, 90)} bags of sugar from Kabras Stores`,
			where: 'Purchases › Orders',
			path: '/purchases/orders'
		}
	],
	sacco: [
		{
			roles: ['loan-officer', 'manager'],
			what: (number) => `approved a loan of KES ${number(2, 30) * 10},000.00`,
			where: 'Loans › Applications',
			path: '/loans'
		},
		{
			roles: ['teller'],
			what: (number) => `recorded ${number(4, 38)} deposits`,
			where: 'Savings › Deposits',
			path: '/savings'
		},
		{
			roles: ['teller'],
			what: (number) => `registered ${number(1, 3)} new members`,
			where: 'Members',
			path: '/members'
		},
		{
			roles: ['auditor', 'manager'],
			what: () => 'exported members',
			where: 'Exports',
			path: '/exports'
		}
	],
	payroll: [
		{
			roles: ['preparer'],
			what: (number) => `entered leave of ${number(2, 9)} employees`,
			where: 'Leave',
			path: '/leave'
		},
		{
			roles: ['preparer'],
			what: (number) => `checked the payslips of ${number(24, 29)} employees`,
			where: 'Pay runs',
			path: '/pay-runs'
		},
		{
			roles: ['approver'],
			what: () => 'approved the monthly run',
			where: 'Pay runs',
			path: '/pay-runs'
		}
	]
};

/**
 * A year of work up to the day before yesterday: on most working days somebody did something worth
 * telling, and every product saved its data once a week.
 */
export function tellHistory(
	business: string,
	people: StoryPerson[],
	since: Partial<Record<Slug, string>>,
	calendar: Calendar,
	liveliness: number
): StoryReport[] {
	const random = createRandom(`activity ${business}`);
	const products = Object.entries(since) as [Slug, string][];
	const days = Array.from({ length: 13 }, (_, index) => calendar.month(12 - index).days)
		.flat()
		.filter((day) => day < calendar.day(-1));
	return days.flatMap((day) => {
		const had = products.filter(([, from]) => from <= day).map(([product]) => product);
		const reports: StoryReport[] = [];
		const weekday = calendar.weekday(day);
		if (weekday === 7)
			reports.push(
				...had
					.slice(0, 1)
					.map((product) => backup(product, day, calendar, random.between(180, 400)))
			);
		const product = had.length > 0 && weekday < 7 ? random.pick(had) : null;
		if (product && random.chance(liveliness)) {
			const at = calendar.during(day, random.next());
			const able = people.flatMap((person) => {
				const role = person.accesses[product];
				return role && person.joinedAt < at
					? habits[product]
							.filter(({ roles }) => roles.includes(role))
							.map((habit) => ({ person, habit }))
					: [];
			});
			if (able.length > 0) {
				const { person, habit } = random.pick(able);
				reports.push({
					product,
					key: `story ${day}`,
					occurredAt: at,
					personEmail: person.email,
					what: habit.what(random.between),
					where: habit.where,
					...(habit.path ? { path: habit.path } : {})
				});
			}
		}
		return reports;
	});
}

function backup(product: Slug, day: string, calendar: Calendar, megabytes: number): StoryReport {
	return {
		product,
		key: `story backup ${day}`,
		occurredAt: calendar.at(day, '06:00'),
		what: `finished its nightly backup, ${megabytes} MB`,
		where: 'Backups'
	};
}

/** Yesterday and today at Mavuno. */
export function tellLatest(calendar: Calendar): StoryReport[] {
	const yesterday = calendar.day(-1);
	const six = calendar.at(calendar.today, '06:00');
	const early = calendar.ago(8 * 60);
	return [
		{
			product: 'erp',
			key: 'story invoices',
			occurredAt: calendar.at(yesterday, '09:15'),
			personEmail: 'otieno@mavuno.example',
			what: 'posted 14 sales invoices',
			where: 'Sales › Invoices',
			path: '/sales/invoices'
		},
		{
			product: 'sacco',
			key: 'story loan',
			occurredAt: calendar.at(yesterday, '17:31'),
			personEmail: 'peter@mavuno.example',
			what: 'approved a loan of KES 80,000.00',
			where: 'Loans › LN-0312',
			path: '/loans'
		},
		{
			...backup('sacco', calendar.today, calendar, 412),
			key: 'story backup today',
			occurredAt: six < early ? six : early
		},
		{
			product: 'payroll',
			key: 'story employees',
			occurredAt: calendar.ago(257),
			personEmail: 'achieng@mavuno.example',
			what: 'added 5 new employees',
			where: 'Employees',
			path: '/employees'
		},
		{
			product: 'erp',
			key: 'story receipt',
			occurredAt: calendar.ago(118),
			personEmail: 'wanjiku@mavuno.example',
			what: 'saved a receipt of 40 bags of maize flour',
			where: 'Stock › Receipts',
			path: '/stock/receipts'
		}
	];
}
