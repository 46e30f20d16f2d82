import { kept, pageLocale } from './locale.ts';

const rules = kept((locale) => new Intl.PluralRules(locale));

/**
 * Chooses between the words for one and for any other number, by the grammar of the page's
 * language; English and Kiswahili know no third form. Messages could declare this themselves, but
 * each such message builds its rules anew whenever it is written, which a page feels.
 */
export function byCount<Words>(
	count: number,
	words: { one: Words; other: Words },
	locale = pageLocale()
): Words {
	return rules(locale).select(count) === 'one' ? words.one : words.other;
}
