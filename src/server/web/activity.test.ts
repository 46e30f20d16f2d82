import { describe, expect, it } from 'vitest';
import { fieldOf, ownKinds, type ActivityView } from '#server/modules/activity/index.ts';
import { wordActivity } from './activity.ts';

const erp: ActivityView['product'] = {
	id: 'prd_1',
	slug: 'erp',
	name: 'ERP System',
	mark: 'erp'
};

function entry(kind: ActivityView['kind'], params: ActivityView['params']): ActivityView {
	return {
		id: 'act_1',
		kind,
		field: fieldOf(kind),
		at: new Date('2026-11-25T09:00:00Z'),
		person: { id: 'per_1', name: 'Wanjiku' },
		product: erp,
		what: null,
		where: null,
		path: null,
		params,
		device: null,
		address: null,
		vendor: null
	};
}

describe('what happened around a product, in words', () => {
	it.each<[ActivityView['kind'], ActivityView['params'], string, string]>([
		['access_requested', {}, 'asked for access to ERP System', '/products/erp'],
		['access_granted', { person: 'Otieno' }, 'let Otieno into ERP System', '/products/erp'],
		// Who has no account any more has no name here.
		['access_removed', { person: null }, 'took Somebody’s access', '/products/erp'],
		['export_asked', { name: 'Stock' }, 'asked ERP System for Stock', '/products/erp/settings'],
		['settings_changed', { what: 'landing' }, 'where ERP System opens', '/products/erp'],
		['settings_changed', { what: 'contact' }, 'contact for ERP System', '/products/erp'],
		['signed_out', {}, 'signed everybody out of ERP System', '/products/erp'],
		['trial_started', {}, 'began a trial of ERP System', '/products/erp'],
		[
			'subscription_updated',
			{ change: 'seats', seats: '25', on: '2026-12-01' },
			'changed ERP System to 25 seats from 1 Dec 2026',
			'/products/erp'
		],
		[
			'subscription_updated',
			{ change: 'cancelled', on: '2026-12-01' },
			'cancelled ERP System: it ends on 1 Dec 2026',
			'/products/erp'
		]
	])('%s', (kind, params, what, href) => {
		const words = wordActivity(entry(kind, params));
		expect(words).toMatchObject({ who: 'Wanjiku', href, place: { product: 'erp' } });
		expect(words.what).toContain(what);
	});

	it.each<[ActivityView['kind'], ActivityView['params'], string]>([
		['alert_set', {}, 'set a limit for Data: 50 GB a month'],
		[
			'alert_set',
			{ action: 'suspend' },
			'set a limit for Data that suspends ERP System: 50 GB a month'
		],
		['alert_changed', { every: 'day' }, 'changed a limit for Data: 50 GB a day'],
		['alert_changed', { limit: null }, 'changed a limit for Data: what the plan includes'],
		[
			'alert_removed',
			{ every: 'subscription' },
			'removed a limit for Data: 50 GB a billing period'
		],
		['alert_answered', { answer: 'raised' }, 'raised the limit for Data: 50 GB a month'],
		['alert_answered', { answer: 'left' }, 'left the limit for Data as it is'],
		[
			'usage_suspended',
			{ mode: 'read_only' },
			'became read-only, since the limit for Data is reached'
		],
		[
			'suspension_ended',
			{ why: 'lifted' },
			'opened ERP System again, though the limit for Data is reached'
		],
		['suspension_ended', { why: 'raised' }, 'opened ERP System again by raising the limit for Data']
	])('of a limit: %s with %o', (kind, params, what) => {
		const limit = {
			meter: 'Data',
			unit: 'bytes',
			currency: 'KES',
			limit: '50000000000',
			every: 'month'
		};
		expect(wordActivity(entry(kind, { ...limit, ...params }))).toMatchObject({
			who: 'Wanjiku',
			what,
			href: '/products/erp'
		});
	});

	it('says of a product that opens by itself why it does', () => {
		const opened = { ...entry('suspension_ended', { meter: 'Data', why: 'raised' }), person: null };
		expect(wordActivity(opened)).toMatchObject({
			who: 'ERP System',
			what: 'opened again: the limit for Data was raised'
		});
	});

	it('has words for everything', () => {
		for (const kind of ownKinds) {
			const { what, details } = wordActivity(entry(kind, { to: 'ended' }));
			expect(what, kind).toMatch(/^[a-z]/);
			expect(details[0]?.value, kind).toMatch(/^[A-Z]/);
		}
	});

	it('says who of the vendor did it, and why', () => {
		const words = wordActivity({
			...entry('ticket_answered', { side: 'staff' }),
			vendor: { reason: 'Answering a ticket' }
		});
		expect(words.who).toBe('Wanjiku of Lixnet');
		expect(words.details).toContainEqual({
			name: 'Done by Lixnet, because',
			value: 'Answering a ticket'
		});
	});

	it('says where a sign-in came from, as long as that is kept', () => {
		const signIn = { ...entry('signed_in', { device: 'new' }), device: 'phone' as const };
		expect(wordActivity(signIn).what).toContain('phone for the first time');
		const address = (words: ReturnType<typeof wordActivity>) =>
			words.details.find(({ name }) => name === 'Network address')?.value;
		expect(address(wordActivity({ ...signIn, address: '192.0.2.7' }))).toBe('192.0.2.7');
		expect(address(wordActivity(signIn))).toContain('90 days');
	});

	it.each([
		['ready', 'has Stock ready'],
		['failed', 'could not export Stock']
	])('an export that is %s is told of the product', (status, what) => {
		const reported = entry('export_reported', { name: 'Stock', status });
		expect(wordActivity({ ...reported, person: null })).toMatchObject({
			who: 'ERP System',
			what,
			where: 'ERP System › Exports'
		});
	});
});
