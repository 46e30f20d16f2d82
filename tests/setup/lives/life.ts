import {
	cancelSubscription,
	changePlan,
	changeSeats,
	keepSubscription,
	pauseSubscription,
	readAgreements,
	resumeSubscription,
	startSubscription,
	takeBackChange,
	type Agreement
} from '#server/modules/billing/index.ts';
import { createBusiness } from '#server/modules/businesses/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Expected } from '#server/platform/errors.ts';
import type { Member, Scope } from '#server/platform/scope.ts';
import { used } from '../billing.ts';
import { createMember } from '../businesses.ts';
import type { Chance } from './chance.ts';
import { addDays, dayIn } from './days.ts';
import type { LifePlan } from './plans.ts';

let lives = 0;

/** What a day was like, as it stood in the evening. */
export interface Evening {
	plan: LifePlan;
	seats: number;
	anchorOn: string;
}

/**
 * A business that lives through a subscription, and what of it is known without asking the portal: from when until
 * when it has the product, when it pauses, what it uses.
 */
export class Life {
	readonly zone: string;
	readonly plans: readonly LifePlan[];
	readonly chance: Chance;
	/** So much of everything is taken off. */
	readonly percentOff: number;
	/** Nothing was given back or made void but by changes: each day is billed once. */
	plain = true;
	member!: Member;
	started = '';
	/** The first day that costs something. */
	paidFrom = '';
	ended: string | null = null;
	idle: { from: string; until: string | null }[] = [];
	usedUnits = 0n;
	evenings = new Map<string, Evening>();
	/** From this day on nobody changes anything any more. */
	finished = '';
	/** Days of which nobody looked, so that it is not known what they were like. */
	unseen = 0;
	done: string[] = [];
	#planned: { pause?: { from: string; until: string | null }; end?: string } = {};

	constructor(chance: Chance, plans: readonly LifePlan[], percentOff: number) {
		this.chance = chance;
		this.plans = plans;
		this.percentOff = percentOff;
		this.zone = chance.pick([
			'Africa/Nairobi',
			'America/Los_Angeles',
			'Pacific/Auckland',
			'Asia/Kolkata'
		]);
	}

	get businessId(): string {
		return this.member.businessId;
	}

	async start(now: Date, coupon: string | undefined): Promise<void> {
		const { chance } = this;
		const today = dayIn(this.zone, now);
		const businessId = await withSystem('test', async (scope) => {
			const { id } = await createBusiness(scope, {
				name: `Life ${++lives}`,
				timeZone: this.zone
			});
			return id;
		});
		this.member = {
			...(await createMember(businessId, 'Wanjiku', `life-${lives}@mavuno.example`, 'owner')),
			timeZone: this.zone
		};
		const plan = chance.pick(this.plans);
		const trial = chance.happens(0.25) ? addDays(today, chance.whole(3, 20)) : undefined;
		await withSystem('test', (scope) =>
			startSubscription(scope, {
				businessId,
				product: 'erp',
				plan: plan.slug,
				startedOn: today,
				...(trial === undefined ? {} : { trialEndsOn: trial, goesOn: true }),
				...(plan.seatMinor === 0n ? {} : { seats: chance.whole(1, 9) }),
				...(coupon === undefined ? {} : { coupon })
			})
		);
		if (chance.happens(0.4))
			await withSystem('test', (scope) =>
				startSubscription(scope, {
					businessId,
					product: 'sacco',
					plan: 'growth',
					startedOn: today
				})
			);
		this.started = today;
		this.paidFrom = trial ?? today;
		this.done.push(`${today} started ${plan.slug}${trial ? ` trial until ${trial}` : ''}`);
	}

	#agreements(): Promise<Agreement[]> {
		return withSystem('test', (scope) =>
			readAgreements(scope, { businessIds: [this.businessId], ended: true })
		);
	}

	async #agreement(): Promise<Agreement | undefined> {
		return (await this.#agreements()).find(({ product }) => product.slug === 'erp');
	}

	/** Whether a day costs something, by what was asked for. */
	isPaid(day: string): boolean {
		return (
			day >= this.paidFrom &&
			(this.ended === null || day < this.ended) &&
			!this.idle.some(({ from, until }) => day >= from && (until === null || day < until))
		);
	}

	/** Something that a member does; what is refused in words is no fault. */
	async act(now: Date): Promise<void> {
		const agreement = await this.#agreement();
		if (!agreement || agreement.status === 'ended') return;
		const today = dayIn(this.zone, now);
		this.#settlePlanned(today);
		const what = this.chance.pick([
			'plan',
			'plan',
			'seats',
			'seats',
			'pause',
			'resume',
			'cancel',
			'keep',
			'back'
		] as const);
		try {
			await withBusiness(this.member, (scope) => this.#do(scope, what, agreement, today));
			this.done.push(`${today} ${what}`);
		} catch (error) {
			if (!(error instanceof Expected) || error.status === 500) throw error;
		}
	}

	async #do(
		scope: Scope<Member>,
		what: 'plan' | 'seats' | 'pause' | 'resume' | 'cancel' | 'keep' | 'back',
		{ id: subscriptionId, status, pausedOn }: Agreement,
		today: string
	): Promise<void> {
		const { chance } = this;
		if (what === 'plan') {
			await changePlan(scope, {
				subscriptionId,
				plan: chance.pick(this.plans).slug,
				...(chance.happens(0.2) ? { seats: chance.whole(1, 9) } : {})
			});
			if (status === 'trial') this.ended = null;
		}
		if (what === 'seats') await changeSeats(scope, { subscriptionId, seats: chance.whole(1, 9) });
		if (what === 'back') {
			await takeBackChange(scope, { subscriptionId });
			// A trial of which nobody says how it goes on ends.
			if (status === 'trial') this.ended = this.paidFrom;
		}
		if (what === 'pause') {
			const from = addDays(today, chance.whole(1, 9));
			const until = chance.happens(0.5) ? addDays(from, chance.whole(1, 30)) : undefined;
			const preview = await pauseSubscription(scope, {
				subscriptionId,
				...(chance.happens(0.7) ? { from } : {}),
				...(until === undefined ? {} : { until })
			});
			this.#planned.pause = { from: preview.on, until: until ?? null };
		}
		if (what === 'resume') {
			const { on } = await resumeSubscription(scope, { subscriptionId });
			if (status === 'paused') {
				const pause = this.idle.at(-1);
				if (pause) pause.until = on;
			} else if (pausedOn !== null) delete this.#planned.pause;
		}
		if (what === 'cancel') {
			const preview = await cancelSubscription(scope, { subscriptionId, reason: 'We try it.' });
			this.#planned.end = preview.on;
		}
		if (what === 'keep') {
			await keepSubscription(scope, { subscriptionId });
			delete this.#planned.end;
		}
	}

	/** What was asked for has come once its day has. */
	#settlePlanned(today: string): void {
		const { pause, end } = this.#planned;
		if (pause && pause.from <= today) {
			this.idle.push(pause);
			delete this.#planned.pause;
		}
		if (end !== undefined && end <= today) {
			this.ended = end;
			delete this.#planned.end;
		}
	}

	/** Uses something now, or tells late what it used. */
	async use(now: Date): Promise<void> {
		const late = this.chance.happens(0.3) ? this.chance.whole(1, 28) : 0;
		const at = new Date(now.getTime() - late * 86_400_000);
		this.#settlePlanned(dayIn(this.zone, now));
		// What comes after the end is refused.
		if (this.ended !== null || !this.isPaid(dayIn(this.zone, at))) return;
		const units = this.chance.whole(1, 500);
		await used(this.businessId, at.toISOString(), String(units));
		if (this.chance.happens(0.5))
			await used(this.businessId, at.toISOString(), String(this.chance.whole(1, 99)), 'calls');
		this.usedUnits += BigInt(units);
	}

	/** What it was like at the last look. */
	get last(): Evening | undefined {
		return [...this.evenings.values()].at(-1);
	}

	/** Notes what the day was like, once it has been closed. */
	async evening(now: Date): Promise<void> {
		const today = dayIn(this.zone, now);
		this.#settlePlanned(today);
		const agreement = await this.#agreement();
		const plan = this.plans.find(({ slug }) => slug === agreement?.plan.slug);
		if (!agreement || !plan) throw new Error('A life has its subscription.');
		this.evenings.set(today, { plan, seats: agreement.seats ?? 1, anchorOn: agreement.anchorOn });
	}

	/** Ends all that it has for good. */
	async finish(now: Date): Promise<void> {
		const today = dayIn(this.zone, now);
		this.#settlePlanned(today);
		for (const { id, status, product, cancelsOn, pausedOn } of await this.#agreements()) {
			if (status === 'ended' || cancelsOn !== null) continue;
			const isOwn = product.slug === 'erp';
			await withBusiness(this.member, async (scope) => {
				if (pausedOn !== null && status !== 'paused') {
					await resumeSubscription(scope, { subscriptionId: id });
					if (isOwn) delete this.#planned.pause;
				}
				const { on } = await cancelSubscription(scope, {
					subscriptionId: id,
					reason: 'It is over.'
				});
				if (isOwn) this.#planned.end = on;
			});
		}
		this.finished = today;
		this.done.push(`${today} finish`);
	}

	over(now: Date): void {
		this.#settlePlanned(dayIn(this.zone, now));
	}
}
