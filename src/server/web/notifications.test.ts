import { describe, expect, it } from 'vitest';
import type { NotificationView } from '#server/modules/notifications/index.ts';
import { wordNotification } from './notifications.ts';

const at = new Date('2026-11-25T09:00:00Z');
const products = [{ slug: 'erp', name: 'ERP System' }];

function word(kind: NotificationView['kind'], params: Record<string, string>, readAt = null) {
	const { what, detail, href, unread } = wordNotification(
		{ id: 'not_1', kind, params, at, readAt },
		products
	);
	return { what, detail, href, unread };
}

const invoice = {
	number: 'INV-2026-0387',
	amountMinor: '4758900',
	currency: 'KES',
	dueOn: '2026-11-30'
};

describe('a notification in words', () => {
	it.each([
		[
			'invoice_issued',
			invoice,
			'New invoice of KES 47,589.00',
			'INV-2026-0387 · Due 30 Nov 2026',
			'/billing/invoices/INV-2026-0387'
		],
		[
			'invoice_due',
			invoice,
			'KES 47,589.00 is due on 30 Nov 2026',
			'INV-2026-0387',
			'/billing/invoices/INV-2026-0387'
		],
		[
			'ticket_answered',
			{ number: 'TKT-2041', subject: 'Statement totals', by: 'Brian Kiptoo' },
			'Brian Kiptoo answered your ticket',
			'TKT-2041 · Statement totals',
			'/support/TKT-2041'
		],
		[
			'access_granted',
			{ product: 'ERP System', by: 'Wanjiku Kamau' },
			'Wanjiku Kamau gave you access to ERP System',
			null,
			'/products/erp'
		],
		[
			'access_granted',
			{ product: 'ERP System' },
			'You have access to ERP System now',
			null,
			'/products/erp'
		],
		[
			'trial_ending',
			{ product: 'ERP System', endsOn: '2026-12-01' },
			'The trial of ERP System ends on 1 Dec 2026',
			'Choose a plan to keep it.',
			'/products/erp'
		]
	] as const)('%s', (kind, params, what, detail, href) => {
		expect(word(kind, params)).toEqual({ what, detail, href, unread: true });
	});

	it('leads to all products where its own has another name by now', () => {
		expect(word('access_granted', { product: 'Old name' }).href).toBe('/products');
	});
});
