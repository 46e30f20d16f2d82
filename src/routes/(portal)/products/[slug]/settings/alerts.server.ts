import type { RequestEvent } from '@sveltejs/kit';
import { alertActionsOf } from '../../../usage/alerts/alerts.server.ts';

export const alertActions = alertActionsOf(
	({ params }: RequestEvent<{ slug: string }>, done) =>
		`/products/${params.slug}/settings?done=${done}#alerts`
);
