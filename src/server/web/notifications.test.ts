import { describe, expect, it } from 'vitest';
import type { NotificationView } from '#server/modules/notifications/index.ts';
import { wordNotification } from './notifications.ts';

const at = new Date('2026-11-25T09:00:00Z');
const products = [{ slug: 'erp', name: 'ERP System' }];

function word(kind: NotificationView['kind'], params: Record<string, string>, readAt = null) {
	const { what, detail, href, unread } = wordNotification(
		{ id: 'not_1', kind, params, at, readAt },
		products,
		'Africa/Nairobi'
	);
	return { what, detail, href, unread };
}

const invoice = {
	number: 'INV-2026-0387',
	amountMinor: '4758900',
	currency: 'KES',
	dueOn: '2026-11-30'
};

const maintenance = {
	product: 'ERP System',
	state: 'maintenance',
	message: '',
	from: '2026-11-28T19:00:00Z',
	until: '2026-11-28T22:00:00Z'
};
const outage = {
	product: 'ERP System',
	state: 'outage',
	message: '',
	from: '2026-11-28T19:00:00Z'
};
const alert = {
	product: 'ERP System',
	meter: 'Data',
	unit: 'bytes',
	currency: 'KES',
	mark: '75',
	limit: '50000000000',
	value: '38000000000'
};
const limited = {
	product: 'ERP System',
	meter: 'Data',
	mode: 'read_only',
	until: '2026-11-30T21:00:00Z'
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
			'invoice_overdue',
			invoice,
			'KES 47,589.00 was due on 30 Nov 2026',
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
		],
		[
			'subscription_past_due',
			{ product: 'ERP System' },
			'A payment for ERP System is overdue',
			'It works for now. Pay so that it stays so.',
			'/billing'
		],
		[
			'subscription_suspended',
			{ product: 'ERP System', mode: 'export_only' },
			'ERP System is suspended',
			'You can export your data from it, and nothing else.',
			'/products/erp'
		],
		[
			'subscription_suspended',
			{ product: 'ERP System', mode: 'read_only', closesAt: '2026-12-01T21:30:00Z' },
			'ERP System is suspended',
			'You can read everything in it until 2 Dec 2026, 00:30. Then it closes.',
			'/products/erp'
		],
		[
			'subscription_closing',
			{ product: 'ERP System', closesAt: '2026-12-01T21:30:00Z' },
			'ERP System closes on 2 Dec 2026, 00:30',
			'It is suspended. Until then you can read everything in it.',
			'/products/erp'
		],
		[
			'subscription_active',
			{ product: 'ERP System', from: 'suspended' },
			'ERP System is open again',
			null,
			'/products/erp'
		],
		[
			'subscription_active',
			{ product: 'ERP System', from: 'trial' },
			'Your subscription of ERP System is active',
			null,
			'/products/erp'
		],
		[
			'subscription_ended',
			{ product: 'ERP System' },
			'Your subscription of ERP System has ended',
			'It can no longer be opened.',
			'/products/erp'
		],
		[
			'state_planned',
			{ ...maintenance, message: 'New server.' },
			'Maintenance of ERP System is planned',
			'28 Nov 2026, 22:00 to 29 Nov 2026, 01:00 · New server.',
			'/products/erp'
		],
		[
			'state_started',
			maintenance,
			'ERP System is under maintenance',
			'Until 29 Nov 2026, 01:00',
			'/products/erp'
		],
		['state_ended', maintenance, 'The maintenance of ERP System is over', null, '/products/erp'],
		[
			'state_called_off',
			maintenance,
			'The maintenance of ERP System is called off',
			'28 Nov 2026, 22:00 to 29 Nov 2026, 01:00',
			'/products/erp'
		],
		[
			'state_started',
			{ ...outage, message: 'A disk.', until: '2026-11-28T20:00:00Z' },
			'ERP System is down',
			'Should be back by 28 Nov 2026, 23:00 · A disk.',
			'/products/erp'
		],
		[
			'state_started',
			{ ...outage, state: 'degraded' },
			'ERP System does not work as it should',
			null,
			'/products/erp'
		],
		['state_ended', outage, 'ERP System works again', null, '/products/erp'],
		[
			'usage_alert',
			alert,
			'ERP System: 75% of your limit for Data is reached',
			'38 GB of 50 GB this month',
			'/usage/alerts'
		],
		[
			'usage_alert',
			{ ...alert, mark: '100', value: '51000000000' },
			'ERP System: your limit for Data is reached',
			'51 GB of 50 GB this month',
			'/usage/alerts'
		],
		[
			'usage_suspended',
			limited,
			'ERP System is suspended: your limit for Data is reached',
			'You can read everything in it, and change nothing. It opens again on 1 Dec 2026, 00:00, or when you open it.',
			'/products/erp'
		],
		[
			'usage_suspended',
			{ ...limited, mode: 'closed', ask: 'Wanjiku or Halima' },
			'ERP System is suspended: your limit for Data is reached',
			'It cannot be opened. It opens again on 1 Dec 2026, 00:00. Wanjiku or Halima can open it before.',
			'/products/erp'
		],
		[
			'usage_open',
			{ product: 'ERP System', meter: 'Data', why: 'lifted', by: 'Halima' },
			'ERP System is open again',
			'Halima lifted the suspension by the limit for Data.',
			'/products/erp'
		],
		[
			'usage_open',
			{ product: 'ERP System', meter: 'Data', why: 'period' },
			'ERP System is open again',
			'Data is counted anew.',
			'/products/erp'
		]
	] as const)('%s', (kind, params, what, detail, href) => {
		expect(word(kind, params)).toEqual({ what, detail, href, unread: true });
	});

	it('leads to all products where its own has another name by now', () => {
		expect(word('access_granted', { product: 'Old name' }).href).toBe('/products');
	});
});
