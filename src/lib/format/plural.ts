import { kept, pageLocale } from './locale.ts';

const rules = kept((locale) => new Intl.PluralRules(locale));

/**
 * Chooses between the message for one and for any other number, by the grammar of the page's
 * language; English and Kiswahili know no third form. Messages could declare this themselves, but
 * each such message builds its rules anew whenever it is written, which a page feels.
 */
export function byCount<Inputs>(
	count: number,
	words: { one: (inputs: Inputs) => string; other: (inputs: Inputs) => string },
	locale = pageLocale()
): (inputs: Inputs) => string {
	return rules(locale).select(count) === 'one' ? words.one : words.other;
}
