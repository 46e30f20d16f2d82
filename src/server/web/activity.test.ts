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
		['trial_started', {}, 'began a trial of ERP System', '/products/erp']
	])('%s', (kind, params, what, href) => {
		const words = wordActivity(entry(kind, params));
		expect(words).toMatchObject({ who: 'Wanjiku', href, place: { product: 'erp' } });
		expect(words.what).toContain(what);
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
