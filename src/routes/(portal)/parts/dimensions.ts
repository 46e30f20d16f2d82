import { m } from '#lib/paraglide/messages.js';

/** Dimensions that products commonly name have a word; others are called as the product calls them. */
export function dimensionName(dimension: string): string {
	if (dimension === 'user') return m.usage_dimension_user();
	if (dimension === 'branch') return m.usage_dimension_branch();
	if (dimension === 'feature') return m.usage_dimension_feature();
	return dimension;
}
