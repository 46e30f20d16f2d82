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

interface Person {
	name: string;
	email: string;
	/** Where the portal is. */
	portal: string;
}

/** What somebody gets whose second factor was set up or is gone: it may not have been they who did it. */
export function secondFactorLetter(to: Person & { now: 'on' | 'off' | 'reset' }): Letter {
	const said = {
		on: {
			subject: 'Two-step sign-in is on',
			what: `two-step sign-in is now on for your account. From now on you sign in with your password and a code from your authenticator app. Keep your recovery codes where you find them without your phone.`
		},
		off: {
			subject: 'Two-step sign-in is off',
			what: `two-step sign-in is now off for your account. You sign in with your password alone, and your recovery codes no longer work.`
		},
		reset: {
			subject: 'Two-step sign-in was turned off for you',
			what: `two-step sign-in was turned off for your account by those who run the portal. You sign in with your password alone, and your recovery codes no longer work. Sign in and set it up again:

${to.portal}/security/set-up`
		}
	}[to.now];
	return {
		to: to.email,
		subject: said.subject,
		body: `Hello ${to.name},

${said.what}

${ifNotYou(to.portal)}
`
	};
}

/** What somebody gets who came in with a recovery code, or for whom somebody else did. */
export function recoveryCodeLetter(to: Person & { left: number }): Letter {
	const left =
		to.left === 0
			? 'It was the last one. Make new ones'
			: `You have ${to.left} left. When they run short, make new ones`;
	return {
		to: to.email,
		subject: 'A recovery code was used for your account',
		body: `Hello ${to.name},

a recovery code was used for your account in place of a code from your authenticator app. It no longer works.

${left}:

${to.portal}/security/codes

${ifNotYou(to.portal)}
`
	};
}

/** What somebody gets for whose account too many wrong codes were given. */
export function wrongCodesLetter(to: Person): Letter {
	return {
		to: to.email,
		subject: 'Wrong codes were given for your account',
		body: `Hello ${to.name},

somebody has given several wrong codes for your account, and now has to wait. Whoever gets that far has given your password or uses a browser in which you are signed in.

${ifNotYou(to.portal)}
`
	};
}

function ifNotYou(portal: string): string {
	return `If it was not you, set a new password at once, which also signs you out everywhere, and tell support:

${portal}/password

Evolve by Lixnet`;
}
