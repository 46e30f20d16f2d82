import type { Role } from '#server/platform/permissions.ts';
import type { Calendar } from './calendar.ts';

export type Slug = 'erp' | 'sacco' | 'payroll';

export interface StoryPerson {
	name: string;
	email: string;
	role: Role;
	/** Which products they may open, and with which of the product's roles. */
	accesses: Partial<Record<Slug, string>>;
	/** The product whose active users they are counted among. */
	works: Slug | null;
	joinedAt: Date;
}

type Line = [name: string, works: Slug, productRole: string, more?: Partial<StoryPerson>];

/** In the order in which they joined; the last three this month. */
const mavunoLines: Line[] = [
	[
		'Wanjiku Kamau',
		'erp',
		'manager',
		{ role: 'owner', accesses: { erp: 'manager', sacco: 'manager', payroll: 'administrator' } }
	],
	['Halima Yusuf', 'erp', 'viewer', { role: 'billing' }],
	['Otieno Ouma', 'erp', 'sales'],
	['Naliaka Barasa', 'erp', 'storekeeper'],
	['Kipchoge Sang', 'erp', 'buyer'],
	['Nyambura Njoroge', 'erp', 'sales'],
	['Mutua Musyoka', 'erp', 'storekeeper'],
	['Chebet Koech', 'erp', 'viewer'],
	['Wafula Simiyu', 'erp', 'storekeeper'],
	['Akinyi Owino', 'erp', 'sales'],
	['Achieng Odhiambo', 'payroll', 'preparer'],
	['Peter Mwangi', 'sacco', 'loan-officer', { role: 'admin' }],
	['Grace Wairimu', 'sacco', 'teller'],
	['Kamau Gitau', 'sacco', 'teller'],
	['Fatuma Abdi', 'sacco', 'loan-officer'],
	['Odhiambo Okello', 'erp', 'buyer'],
	['Rotich Langat', 'sacco', 'teller'],
	['Mumbua Kilonzo', 'sacco', 'auditor'],
	['Barasa Wekesa', 'sacco', 'loan-officer'],
	['Zawadi Mwakio', 'erp', 'sales'],
	['Njeri Kariuki', 'sacco', 'teller'],
	['Ouko Ogola', 'sacco', 'loan-officer'],
	['Jepkosgei Cheruiyot', 'sacco', 'teller'],
	['Salim Bakari', 'sacco', 'teller'],
	['Muthoni Maina', 'payroll', 'preparer'],
	['Kibet Ruto', 'payroll', 'approver'],
	['Anyango Omondi', 'payroll', 'preparer'],
	['Hassan Noor', 'payroll', 'preparer'],
	['Wambui Ngugi', 'sacco', 'auditor'],
	['Ekiru Lokwang', 'payroll', 'preparer'],
	['Moraa Nyaboke', 'payroll', 'preparer'],
	['Kevin Kiprono', 'sacco', 'teller'],
	['Esther Atieno', 'payroll', 'preparer'],
	['Daniel Mutiso', 'payroll', 'preparer']
];

/** How many had joined by the end of each month, the first of thirteen first; nobody in the last whole month. */
const mavunoGrowth = [6, 8, 10, 12, 14, 15, 16, 18, 21, 24, 31, 31, 34];

const pwaniLines: Line[] = [
	['Amina Salim', 'sacco', 'manager', { role: 'owner' }],
	['Juma Said', 'sacco', 'teller', { role: 'admin' }],
	['Mwanaisha Omar', 'sacco', 'loan-officer'],
	['Kazungu Charo', 'sacco', 'teller'],
	['Riziki Mbarak', 'sacco', 'auditor']
];
/** Amina, who owns Pwani, leads here too: one person in two businesses. */
const tanaLines: [name: string, email: string, role: Role, accesses: StoryPerson['accesses']][] = [
	['Hawa Dida', 'hawa@tana.example', 'owner', { erp: 'manager' }],
	[
		'Amina Salim',
		'amina@pwani.example',
		'admin',
		{ erp: 'viewer', sacco: 'manager', payroll: 'viewer' }
	],
	['Buya Galana', 'buya@tana.example', 'member', { sacco: 'teller' }]
];

const pwaniGrowth = [0, 0, 0, 2, 3, 3, 4, 4, 5, 5, 5, 5, 5];

export function peopleOfMavuno(calendar: Calendar, cameAt: Date): StoryPerson[] {
	return join(mavunoLines, 'mavuno.example', calendar, mavunoGrowth, cameAt);
}

export function peopleOfPwani(calendar: Calendar, cameAt: Date): StoryPerson[] {
	return join(pwaniLines, 'pwani.example', calendar, pwaniGrowth, cameAt);
}

export function peopleOfTana(cameAt: Date): StoryPerson[] {
	return tanaLines.map(([name, email, role, accesses], index) => ({
		name,
		email,
		role,
		accesses,
		works: null,
		joinedAt: new Date(cameAt.getTime() + index * 60 * 60_000)
	}));
}

function join(
	lines: Line[],
	domain: string,
	calendar: Calendar,
	growth: number[],
	cameAt: Date
): StoryPerson[] {
	return lines.map(([name, works, productRole, more], index) => ({
		name,
		email: `${name.split(' ')[0]?.toLowerCase() ?? ''}@${domain}`,
		role: 'member',
		accesses: { [works]: productRole },
		works,
		// Who founds the account is there from its first moment.
		joinedAt: index === 0 ? cameAt : joinedAt(calendar, growth, index),
		...more
	}));
}

/** Evenly over the first two thirds of the month that the growth puts them in. */
function joinedAt(calendar: Calendar, growth: number[], index: number): Date {
	const position = growth.findIndex((count) => index < count);
	const before = growth[position - 1] ?? 0;
	const within = (index - before + 1) / ((growth[position] ?? index + 1) - before + 1);
	const { days } = calendar.month(growth.length - 1 - position);
	const day = days[Math.floor(within * (days.length - 1) * 0.66)] ?? calendar.today;
	return calendar.during(day, within * 0.5);
}
