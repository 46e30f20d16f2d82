/**
 * Where the businesses of the demo work, the head office first. A product knows it by itself; the portal
 * learns of a branch only by what is reported from there.
 */
const branches: Record<string, readonly string[]> = {
	'Mavuno Traders Ltd': ['Industrial Area', 'Mombasa', 'Nakuru', 'Kisumu'],
	'Pwani Farmers Co-operative': ['Mtwapa', 'Kilifi', 'Malindi'],
	'Tana Growers Co-operative': ['Hola', 'Garsen']
};

/** None for a business that works in one place. */
export function branchesOf(business: string): readonly string[] {
	return branches[business] ?? [];
}

/** Where somebody works, the same every day: half of a business in its head office. */
export function branchOf(business: string, email: string): string | null {
	const [head, ...others] = branchesOf(business);
	if (head === undefined) return null;
	const number = [...email].reduce((sum, character) => sum + (character.codePointAt(0) ?? 0), 0);
	return number % 2 === 0 ? head : (others[Math.floor(number / 2) % others.length] ?? head);
}
