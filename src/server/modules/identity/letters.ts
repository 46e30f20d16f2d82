import type { Letter } from '../../platform/mail.ts';

/** What somebody gets who asked for a new password. */
export function passwordLetter(to: {
	name: string;
	email: string;
	link: string;
	hours: number;
}): Letter {
	return {
		to: to.email,
		subject: 'Set a new password for Evolve Business',
		body: `Hello ${to.name},

somebody asked for a new password for your account. Choose one here within ${to.hours} hours:

${to.link}

The link works once. If it was not you, do nothing: your password stays as it is.

Evolve by Lixnet
`
	};
}
