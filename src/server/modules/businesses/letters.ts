import type { Letter } from '../../platform/mail.ts';

/** What somebody gets who was made a member of a business. */
export function invitationLetter(to: {
	name: string;
	email: string;
	business: string;
	/** Who invited them. */
	inviter: string;
	/** Where they set their first password, for so many hours; null where they have one. */
	first: { link: string; hours: number } | null;
	/** Where members sign in. */
	signIn: string;
}): Letter {
	const begin = to.first
		? `Choose a password within ${to.first.hours} hours, and you are in:

${to.first.link}

The link works once. Should it be too old, ask ${to.inviter} to send it again.`
		: `Sign in with the password you have:

${to.signIn}`;
	return {
		to: to.email,
		subject: `${to.inviter} invites you to ${to.business}`,
		body: `Hello ${to.name},

${to.inviter} has made you a member of ${to.business} on Evolve Business, where its products, usage, bills and support are in one place.

${begin}

Evolve by Lixnet
`
	};
}
