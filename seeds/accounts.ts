/** The one password of the demo accounts. It is public: never use it for anything but the demo story. */
export const demoPassword = 'karibu-evolve-demo';

/** Who can sign in to the demo story, and why one would. */
export const accounts = [
	{ email: 'wanjiku@mavuno.example', name: 'Wanjiku Kamau', who: 'owner of Mavuno Traders Ltd' },
	{ email: 'otieno@mavuno.example', name: 'Otieno Ouma', who: 'member of Mavuno Traders Ltd' },
	{
		email: 'amina@pwani.example',
		name: 'Amina Salim',
		who: 'owner of Pwani Farmers Co-operative, which has SACCO only, and admin of Tana Growers, which pays late'
	},
	{
		email: 'juma@new.example',
		name: 'Juma Hassan',
		who: 'owner of Juma Hardware, which has nothing yet'
	},
	{ email: 'agent@lixnet.example', name: 'Brian Kiptoo', who: 'staff of the vendor' }
] as const;

/** The password of a person of the story: most have none. */
export function passwordOf(email: string): string | null {
	return accounts.some((account) => account.email === email) ? demoPassword : null;
}
