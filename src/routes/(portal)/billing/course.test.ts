import { describe, expect, it } from 'vitest';
import type { PlannedStep, TakenStep } from '#server/modules/dunning/index.ts';
import { daysOf, nextWords } from './course.ts';

const taken = (
	step: Pick<TakenStep, 'action' | 'on'> & Partial<Pick<TakenStep, 'outcome' | 'note'>>
): TakenStep => ({
	step: `${step.action} ${step.on}`,
	takenAt: new Date(0),
	outcome: 'done',
	note: null,
	...step
});
const ahead = (action: PlannedStep['action'], on: string): PlannedStep => ({
	slug: `${action} ${on}`,
	day: 0,
	action,
	on
});
const words = (steps: TakenStep[], planned: PlannedStep[] = []) =>
	daysOf({ taken: steps, ahead: planned }).map(
		({ on, tone, steps: told }) => `${on} ${tone}: ${told.map(({ what }) => what).join(' + ')}`
	);

describe('what happens to an unpaid invoice, in words', () => {
	it('is told by day, what was done before what will be', () => {
		expect(
			words(
				[
					taken({ action: 'remind', on: '2026-12-01' }),
					taken({ action: 'past_due', on: '2026-12-08' }),
					taken({ action: 'remind', on: '2026-12-08' })
				],
				[ahead('charge', '2026-12-15'), ahead('remind', '2026-12-15'), ahead('end', '2027-01-30')]
			)
		).toEqual([
			'2026-12-01 done: We reminded you',
			'2026-12-08 bad: Past due: everything works on + We reminded you',
			'2026-12-15 ahead: We ask for the money once more + We remind you',
			'2027-01-30 ahead: What it pays for ends'
		]);
	});

	it('leaves out what was not done, and says why money did not come', () => {
		expect(
			words([
				taken({ action: 'remind', on: '2026-12-01', outcome: 'passed' }),
				taken({ action: 'suspend', on: '2026-12-02', outcome: 'nothing', note: 'no_subscription' }),
				taken({ action: 'charge', on: '2026-12-03', outcome: 'nothing', note: 'no_way_to_charge' }),
				taken({ action: 'charge', on: '2026-12-04', outcome: 'nothing', note: 'paid_meanwhile' }),
				taken({ action: 'charge', on: '2026-12-05', outcome: 'failed', note: 'Too little money.' })
			])
		).toEqual([
			'2026-12-03 done: No way to collect it automatically is set up',
			'2026-12-05 bad: We asked for the money, and it did not come: Too little money.'
		]);
	});

	it('keeps what was done today apart from what is still to come today', () => {
		expect(
			words([taken({ action: 'remind', on: '2026-12-01' })], [ahead('suspend', '2026-12-01')])
		).toHaveLength(2);
	});
});

describe('what becomes of an overdue invoice, in a sentence', () => {
	const standing = (more: Partial<Parameters<typeof nextWords>[0]>) => ({
		invoice: {
			businessId: '',
			id: '',
			number: '',
			issuedOn: '2026-11-01',
			dueOn: '2026-12-01',
			currency: 'KES',
			leftMinor: 1n,
			billsRunning: true
		},
		daysOverdue: 2,
		taken: [],
		ahead: [ahead('remind', '2026-12-04'), ahead('suspend', '2026-12-22')],
		heldSince: null,
		...more
	});

	it('names the next thing that changes something', () => {
		expect(nextWords(standing({}))).toBe(
			'If it is not paid, on 22 Dec 2026: What it pays for is suspended.'
		);
	});

	it('says that it is on hold, and nothing of what is not due or has no end', () => {
		expect(nextWords(standing({ heldSince: '2026-12-02', ahead: [] }))).toBe(
			'On hold since 2 Dec 2026: we do nothing about it until we have spoken.'
		);
		expect(nextWords(standing({ daysOverdue: 0 }))).toBeNull();
		expect(nextWords(standing({ ahead: [ahead('remind', '2026-12-04')] }))).toBeNull();
	});
});
