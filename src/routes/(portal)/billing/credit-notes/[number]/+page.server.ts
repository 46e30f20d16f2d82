import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { creditNoteSheet, readCreditNote } from '#server/modules/billing/index.ts';
import { page } from '#server/web/page.ts';
import type { PageServerLoad, PageServerLoadEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params }: PageServerLoadEvent) => {
	const note = await readCreditNote(scope, { number: params.number });
	return {
		title: m.billing_credit_note_title({ number: note.number }),
		note,
		sheet: creditNoteSheet(note, getLocale())
	};
});
