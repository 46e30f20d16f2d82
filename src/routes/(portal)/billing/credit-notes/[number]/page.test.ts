import type { ComponentProps } from 'svelte';
import { render } from 'svelte/server';
import { expect, it } from 'vitest';
import { creditNoteSheet } from '#server/modules/billing/index.ts';
import { paperNote } from '../../../../../../tests/setup/papers.ts';
import Page from './+page.svelte';

const drawn = (settledMinor: bigint): string => {
	const note = paperNote({ settledMinor });
	const data = { title: `Credit note ${note.number}`, note, sheet: creditNoteSheet(note, 'en') };
	const props = { data } as unknown as ComponentProps<typeof Page>;
	return render(Page, { props }).body;
};

it('says what became of it, and leads to its invoice and its PDF', () => {
	const { number, corrects, totals } = paperNote();
	const whole = drawn(totals.totalMinor);
	expect(whole).toContain(`href="/billing/invoices/${corrects.number}"`);
	expect(whole).toContain(`href="/billing/credit-notes/${number}/pdf"`);
	expect(whole).toContain(`makes less to pay of invoice ${corrects.number}`);
	expect(whole).not.toContain('is your credit');
	const none = drawn(0n);
	expect(none).toContain('is your credit');
	expect(none).not.toContain('makes less to pay');
});
