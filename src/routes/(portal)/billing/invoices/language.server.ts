import type { RequestEvent } from '@sveltejs/kit';
import { paperLanguages, type PaperLanguage } from '#server/modules/billing/index.ts';
import { requireMember } from '#server/web/page.ts';

/** The language to print in: what the address asks for, else the person's own, else English. */
export async function languageOf(event: RequestEvent): Promise<PaperLanguage> {
	const { viewer } = await requireMember(event);
	const wanted = [event.url.searchParams.get('language'), viewer.session.locale];
	return wanted.find(isPrinted) ?? 'en';
}

function isPrinted(text: string | null): text is PaperLanguage {
	return paperLanguages.some((language) => language === text);
}
