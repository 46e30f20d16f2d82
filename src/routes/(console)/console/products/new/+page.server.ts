import { m } from '#lib/paraglide/messages.js';
import { saveProduct } from '#server/modules/catalogue/index.ts';
import { textOf } from '../../../../(portal)/parts/fields.ts';
import { consolePage } from '../../../frame.server.ts';
import { act } from '../act.server.ts';
import { linesOf } from '../lines.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = consolePage('adding a product', () =>
	Promise.resolve({ title: m.console_product_add() })
);

export const actions: Actions = {
	default: (event) =>
		act(event, 'new', 'adding a product', async (scope, data) => {
			const slug = textOf(data, 'slug').trim();
			await saveProduct(scope, {
				slug,
				mustBeNew: true,
				name: textOf(data, 'name'),
				summary: textOf(data, 'summary'),
				loginUrl: textOf(data, 'loginUrl').trim() || null,
				redirectUrls: linesOf(textOf(data, 'redirectUrls'))
			});
			return { to: `/console/products/${slug}?done=new` };
		})
};
