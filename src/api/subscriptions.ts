import { Hono } from 'hono';
import * as v from 'valibot';
import {
	cancelSubscription,
	changePlan,
	changeSeats,
	keepSubscription,
	pauseSubscription,
	previewChange,
	readAgreement,
	readAgreements,
	resumeSubscription,
	startSubscription,
	takeBackChange,
	type Agreement,
	type ChangePreview
} from '#server/modules/billing/index.ts';
import { readBusiness } from '#server/modules/businesses/index.ts';
import { civilDate, major } from '#server/modules/rating/index.ts';
import { Invalid } from '#server/platform/errors.ts';
import { CivilDate } from '#server/platform/schemas.ts';
import type { Scope, System } from '#server/platform/scope.ts';
import { parse } from '#server/platform/usecase.ts';
import { asIntegrator, change, integrator } from './integrators.ts';
import type { Env } from './env.ts';
import { businessParameter } from './invoices.ts';
import { describe, type Noun, type Parameter } from './noun.ts';
import { reply } from './reply.ts';

const WireSubscription = v.pipe(
	v.object({
		id: v.string(),
		business: v.string(),
		version: v.pipe(v.number(), v.description('Raised by every change; send it back with yours.')),
		product: v.string(),
		plan: v.string(),
		plan_version: v.number(),
		status: v.picklist(['trial', 'active', 'past_due', 'suspended', 'paused', 'ended']),
		seats: v.nullable(v.number()),
		currency: v.string(),
		started_on: v.string(),
		anchor_on: v.string(),
		period: v.object({ start: v.string(), end: v.string() }),
		trial_ends_on: v.nullable(v.string()),
		next_plan: v.nullable(v.string()),
		next_seats: v.nullable(v.number()),
		cancels_on: v.nullable(v.string()),
		cancel_reason: v.nullable(v.string()),
		paused_on: v.nullable(v.string()),
		resumes_on: v.nullable(v.string()),
		ended_on: v.nullable(v.string())
	}),
	v.metadata({ ref: 'Subscription' })
);

const example: v.InferOutput<typeof WireSubscription> = {
	id: 'sub_06ebk3w5q8x1y2z3a4b5c6d7e8',
	business: 'biz_06ebk3w5q8x1y2z3a4b5c6d7e8',
	version: 3,
	product: 'sacco',
	plan: 'growth',
	plan_version: 2,
	status: 'active',
	seats: null,
	currency: 'KES',
	started_on: '2026-07-01',
	anchor_on: '2026-07-01',
	period: { start: '2026-11-01', end: '2026-12-01' },
	trial_ends_on: null,
	next_plan: null,
	next_seats: null,
	cancels_on: null,
	cancel_reason: null,
	paused_on: null,
	resumes_on: null,
	ended_on: null
};

function subscriptionText(one: Agreement): v.InferOutput<typeof WireSubscription> {
	return {
		id: one.id,
		business: one.businessId,
		version: one.version,
		product: one.product.slug,
		plan: one.plan.slug,
		plan_version: one.terms.version,
		status: one.status,
		seats: one.seats,
		currency: one.terms.currency,
		started_on: one.startedOn,
		anchor_on: one.anchorOn,
		period: { start: one.period.start, end: one.period.end },
		trial_ends_on: one.trialEndsOn,
		next_plan: one.next?.plan?.slug ?? null,
		next_seats: one.next?.seats ?? null,
		cancels_on: one.cancelsOn,
		cancel_reason: one.cancelReason,
		paused_on: one.pausedOn,
		resumes_on: one.resumesOn,
		ended_on: one.endedOn
	};
}

const WirePreview = v.pipe(
	v.object({
		version: v.number(),
		at: v.pipe(v.string(), v.description('Send it back with the change within half an hour.')),
		direction: v.picklist(['upgrade', 'downgrade', 'same']),
		effect: v.picklist(['at_once', 'period_end']),
		on: v.pipe(v.string(), v.description('The first day of the new.')),
		currency: v.string(),
		lines: v.array(
			v.object({
				kind: v.string(),
				description: v.string(),
				period: v.nullable(v.object({ start: v.string(), end: v.string() })),
				exact_amount: v.string(),
				amount: v.string(),
				tax_class: v.string(),
				tax_included: v.boolean()
			})
		),
		invoice_total: v.nullable(v.string()),
		invoice_tax: v.nullable(v.string()),
		credit_notes_total: v.string(),
		due: v.pipe(v.string(), v.description('To pay for the change, with tax.')),
		credit: v.pipe(v.string(), v.description('What stays to the customer’s credit.')),
		next: v.nullable(
			v.object({ on: v.string(), currency: v.string(), total: v.string(), plus_usage: v.boolean() })
		)
	}),
	v.metadata({ ref: 'ChangePreview' })
);

const examplePreview: v.InferOutput<typeof WirePreview> = {
	version: 3,
	at: '2026-11-16T09:00:00.000Z',
	direction: 'upgrade',
	effect: 'at_once',
	on: '2026-11-16',
	currency: 'KES',
	lines: [
		{
			kind: 'credit',
			description: 'Unused: SACCO, Growth',
			period: { start: '2026-11-16', end: '2026-12-01' },
			exact_amount: '-7000',
			amount: '-7000.00',
			tax_class: 'standard',
			tax_included: false
		},
		{
			kind: 'charge',
			description: 'SACCO, Union',
			period: { start: '2026-11-16', end: '2026-12-01' },
			exact_amount: '13000',
			amount: '13000.00',
			tax_class: 'standard',
			tax_included: false
		}
	],
	invoice_total: '6960.00',
	invoice_tax: '960.00',
	credit_notes_total: '0.00',
	due: '6960.00',
	credit: '0.00',
	next: { on: '2026-12-01', currency: 'KES', total: '30160.00', plus_usage: true }
};

function previewText(preview: ChangePreview): v.InferOutput<typeof WirePreview> {
	const { currency, documents, next } = preview;
	const text = (minor: bigint) => major(minor, currency);
	return {
		version: preview.version,
		at: preview.at.toISOString(),
		direction: preview.direction,
		effect: preview.effect,
		on: preview.on,
		currency,
		lines: preview.lines.map((line) => ({
			kind: line.kind,
			description: line.description,
			period: line.period ? { start: line.period.start, end: line.period.end } : null,
			exact_amount: line.exactAmount,
			amount: text(line.amountMinor),
			tax_class: line.taxClass,
			tax_included: line.taxIncluded
		})),
		invoice_total: documents.invoice && text(documents.invoice.totalMinor),
		invoice_tax: documents.invoice && text(documents.invoice.taxMinor),
		credit_notes_total: text(documents.notes.reduce((sum, note) => sum + note.totalMinor, 0n)),
		due: text(documents.dueMinor),
		credit: text(documents.leftMinor),
		next: next && {
			on: next.on,
			currency: next.currency,
			total: major(next.totals.totalMinor, next.currency),
			plus_usage: next.plusUsage
		}
	};
}

const id: Record<'id', Parameter> = {
	id: { in: 'path', description: 'The id of the subscription.', example: example.id }
};

const version = v.optional(v.pipe(v.number(), v.integer()));

const Start = v.pipe(
	v.strictObject({
		business: v.string(),
		product: v.pipe(v.string(), v.description('Its slug.')),
		plan: v.pipe(v.string(), v.description('Its slug.')),
		started_on: v.optional(
			v.pipe(CivilDate, v.description('Today in the zone of the business by default.'))
		),
		anchor_on: v.optional(CivilDate),
		trial_ends_on: v.optional(CivilDate),
		ends_after_trial: v.optional(v.boolean(), false),
		seats: v.optional(v.number()),
		coupon: v.optional(v.string())
	}),
	v.metadata({ ref: 'SubscriptionStart' })
);

const Wish = v.pipe(
	v.strictObject({
		plan: v.optional(v.pipe(v.string(), v.description('The slug of a plan of the product.'))),
		seats: v.optional(v.number()),
		when: v.optional(v.picklist(['at_once', 'period_end'])),
		version,
		at: v.optional(v.pipe(v.string(), v.isoTimestamp('Write the moment of the preview.')))
	}),
	v.metadata({ ref: 'SubscriptionWish' })
);

const Pause = v.pipe(
	v.strictObject({
		from: v.optional(CivilDate),
		until: v.optional(CivilDate),
		reason: v.optional(v.string()),
		version
	}),
	v.metadata({ ref: 'SubscriptionPause' })
);

const Resume = v.pipe(
	v.strictObject({ on: v.optional(CivilDate), version }),
	v.metadata({ ref: 'SubscriptionResumption' })
);

const Cancel = v.pipe(
	v.strictObject({
		reason: v.string('Say why.'),
		when: v.optional(v.picklist(['at_once', 'period_end'])),
		version
	}),
	v.metadata({ ref: 'SubscriptionCancellation' })
);

const Kept = v.pipe(v.strictObject({ version }), v.metadata({ ref: 'SubscriptionKept' }));

const routes = new Hono<Env>();

routes.get(
	'/subscriptions',
	describe({
		id: 'listSubscriptions',
		summary: 'List subscriptions',
		description: 'All of a business, ended ones too.',
		scope: 'subscriptions:read',
		parameters: businessParameter,
		gives: {
			description: 'The oldest first.',
			schema: v.pipe(
				v.object({ subscriptions: v.array(WireSubscription) }),
				v.metadata({ ref: 'Subscriptions' })
			),
			example: { subscriptions: [example] }
		},
		failures: ['invalid', 'not_found']
	}),
	integrator('subscriptions:read'),
	async (c) =>
		reply(
			c,
			await asIntegrator(c, c.req.query('business'), async (scope) => ({
				subscriptions: (await readAgreements(scope, { ended: true })).map(subscriptionText)
			}))
		)
);

routes.get(
	'/subscriptions/:id',
	describe({
		id: 'readSubscription',
		summary: 'Read a subscription',
		description: 'How it stands, and what is planned.',
		scope: 'subscriptions:read',
		parameters: { ...id, ...businessParameter },
		gives: { description: 'The subscription.', schema: WireSubscription, example },
		failures: ['invalid', 'not_found']
	}),
	integrator('subscriptions:read'),
	async (c) =>
		reply(
			c,
			await asIntegrator(c, c.req.query('business'), async (scope) =>
				subscriptionText(await readAgreement(scope, { subscriptionId: c.req.param('id') }))
			)
		)
);

routes.post(
	'/subscriptions',
	describe({
		id: 'startSubscription',
		summary: 'Start a subscription',
		description:
			'By the newest version of the plan that is on offer. A trial goes on by itself when it is over, unless `ends_after_trial`.',
		scope: 'subscriptions:write',
		takes: {
			'application/json': {
				schema: Start,
				example: {
					business: example.business,
					product: 'sacco',
					plan: 'growth',
					coupon: 'KARIBU-2027'
				}
			}
		},
		gives: { description: 'The subscription.', schema: WireSubscription, example },
		failures: ['invalid', 'not_found', 'subscribed_already', 'plan_retired']
	}),
	integrator('subscriptions:write'),
	(c) =>
		change(c, async (scope, body) => {
			const input = parse(Start, body);
			const { timeZone } = await readBusiness(scope, { businessId: input.business });
			const { id: subscriptionId } = await startSubscription(scope, {
				businessId: input.business,
				product: input.product,
				plan: input.plan,
				startedOn: input.started_on ?? civilDate(scope.now, timeZone),
				anchorOn: input.anchor_on,
				trialEndsOn: input.trial_ends_on,
				goesOn: !input.ends_after_trial,
				seats: input.seats,
				coupon: input.coupon
			});
			return { status: 201, value: await textOf(scope, subscriptionId) };
		})
);

routes.post(
	'/subscriptions/:id/previews',
	describe({
		id: 'previewSubscriptionChange',
		summary: 'Preview a change',
		description: 'What another plan or other seats would charge and give back, to the cent.',
		scope: 'subscriptions:read',
		parameters: id,
		takes: { 'application/json': { schema: Wish, example: { plan: 'union' } } },
		gives: { description: 'The preview.', schema: WirePreview, example: examplePreview },
		failures: [...refusals(), 'plan_retired', 'pause_planned', 'cancelled_already']
	}),
	integrator('subscriptions:read'),
	(c) =>
		change(c, async (scope, body) => {
			const { plan, seats, when } = parse(Wish, body);
			const subscriptionId = c.req.param('id');
			return {
				value: previewText(await previewChange(scope, { subscriptionId, plan, seats, when }))
			};
		})
);

routes.post(
	'/subscriptions/:id/changes',
	describe({
		id: 'changeSubscription',
		summary: 'Change plan or seats',
		description:
			'What it charges and gives back is billed within a moment. With the `version` and `at` of a preview it does what that said, or nothing.',
		scope: 'subscriptions:write',
		parameters: id,
		takes: {
			'application/json': {
				schema: Wish,
				example: { plan: 'union', version: 3, at: '2026-11-16T09:00:00.000Z' }
			}
		},
		gives: { description: 'What was done.', schema: WirePreview, example: examplePreview },
		failures: [...refusals(), 'plan_retired', 'pause_planned', 'cancelled_already', 'preview_old']
	}),
	integrator('subscriptions:write'),
	(c) =>
		change(c, async (scope, body) => {
			const { plan, seats, when, version: seen, at } = parse(Wish, body);
			const wish = {
				subscriptionId: c.req.param('id'),
				when,
				version: seen,
				at: at === undefined ? undefined : new Date(at)
			};
			if (plan === undefined && seats === undefined)
				throw new Invalid([{ path: 'plan', message: 'Choose a plan, or how many seats.' }]);
			return {
				value: previewText(
					plan === undefined
						? await changeSeats(scope, { ...wish, seats: seats ?? 0 })
						: await changePlan(scope, { ...wish, plan, seats })
				)
			};
		})
);

/** Acts that are answered with the subscription as it is then. */
function act<S extends v.GenericSchema>(
	name: string,
	operation: { id: string; summary: string; description: string; schema: S; example: object },
	failures: readonly ReturnType<typeof refusals>[number][],
	work: (scope: Scope<System>, subscriptionId: string, input: v.InferOutput<S>) => Promise<unknown>
): void {
	const { schema, example: body, ...said } = operation;
	routes.post(
		`/subscriptions/:id/${name}`,
		describe({
			...said,
			scope: 'subscriptions:write',
			parameters: id,
			takes: { 'application/json': { schema, example: body } },
			gives: { description: 'The subscription.', schema: WireSubscription, example },
			failures: [...refusals(), ...failures]
		}),
		integrator('subscriptions:write'),
		(c) =>
			change(c, async (scope, given) => {
				const subscriptionId = c.req.param('id') ?? '';
				await work(scope, subscriptionId, parse(schema, given));
				return { value: await textOf(scope, subscriptionId) };
			})
	);
}

function refusals() {
	return [
		'invalid',
		'not_found',
		'being_billed',
		'subscription_changed',
		'subscription_suspended'
	] as (
		| 'invalid'
		| 'not_found'
		| 'being_billed'
		| 'subscription_changed'
		| 'subscription_suspended'
		| 'pause_planned'
		| 'paused_already'
		| 'payment_overdue'
		| 'on_trial'
		| 'cancelled_already'
		| 'not_paused'
		| 'not_cancelled'
		| 'nothing_planned'
	)[];
}

act(
	'pause',
	{
		id: 'pauseSubscription',
		summary: 'Pause a subscription',
		description:
			'Nothing is billed for the pause; what was paid for its days is given back when it begins.',
		schema: Pause,
		example: { from: '2026-11-21', until: '2027-01-15' }
	},
	['pause_planned', 'paused_already', 'payment_overdue', 'on_trial', 'cancelled_already'],
	(scope, subscriptionId, input) => pauseSubscription(scope, { ...input, subscriptionId })
);
act(
	'resumption',
	{
		id: 'resumeSubscription',
		summary: 'Resume a subscription',
		description: 'A new period begins on that day. A pause that has not begun is taken back.',
		schema: Resume,
		example: { on: '2027-01-05' }
	},
	['not_paused'],
	(scope, subscriptionId, input) => resumeSubscription(scope, { ...input, subscriptionId })
);
act(
	'cancellation',
	{
		id: 'cancelSubscription',
		summary: 'Cancel a subscription',
		description: 'With its trial or period, or when the plan says.',
		schema: Cancel,
		example: { reason: 'The season is over.' }
	},
	['pause_planned', 'cancelled_already'],
	(scope, subscriptionId, input) => cancelSubscription(scope, { ...input, subscriptionId })
);
act(
	'continuation',
	{
		id: 'keepSubscription',
		summary: 'Keep a subscription',
		description: 'Takes back a cancellation that has not come, or else what is planned.',
		schema: Kept,
		example: { version: 4 }
	},
	['not_cancelled', 'nothing_planned'],
	async (scope, subscriptionId, input) => {
		const { cancelsOn } = await readAgreement(scope, { subscriptionId });
		await (cancelsOn === null ? takeBackChange : keepSubscription)(scope, {
			...input,
			subscriptionId
		});
	}
);

async function textOf(scope: Scope<System>, subscriptionId: string) {
	return subscriptionText(await readAgreement(scope, { subscriptionId }));
}

export const subscriptions: Noun = {
	name: 'Subscriptions',
	description: 'Which business has what, by which plan. For integrators.',
	routes
};
