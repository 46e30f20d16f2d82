import { civilDate, formatDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { runtime } from '#server/platform/runtime.ts';
import type { Viewer } from './viewer.ts';

/** Recovery codes as they are shown, this once: to be printed or kept as a file. */
export interface RecoveryPaper {
	/** Whose they are and of what day, since the paper must say so by itself. */
	whose: string;
	codes: string[];
	/** An address that holds them as a text file, so that the browser need not ask for them again. */
	file: string;
}

export function recoveryPaper({ session, current }: Viewer, codes: string[]): RecoveryPaper {
	const today = civilDate(runtime().clock.now(), current?.timeZone ?? 'Africa/Nairobi');
	const whose = m.second_factor_codes_whose({ email: session.email, date: formatDate(today) });
	const text = `${whose}\r\n\r\n${codes.join('\r\n')}\r\n`;
	return { whose, codes, file: `data:text/plain;charset=utf-8,${encodeURIComponent(text)}` };
}
