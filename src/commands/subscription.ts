import { Option, type Command } from 'commander';
import { priceWords } from '#lib/format/prices.ts';
import {
	cancelSubscription,
	changePlan,
	changeSeats,
	changeSubscriptionStatus,
	keepSubscription,
	listSubscriptionChanges,
	pauseSubscription,
	previewChange,
	readAgreements,
	resumeSubscription,
	startSubscription,
	takeBackChange,
	type Agreement,
	type ChangePreview,
	type EndPreview
} from '#server/modules/billing/index.ts';
import { civilDate } from '#server/modules/rating/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { NotFound } from '#server/platform/errors.ts';
import type { Scope, System } from '#server/platform/scope.ts';
import { amountWords } from './amounts.ts';
import { findBusiness } from './business.ts';
import { notEmpty, onPortal, tell, tellTable, wholeNumber } from './command.ts';

interface Of {
	business: string;
	product: string;
}

interface StartOptions extends Of {
	plan: string;
	from?: string;
	trialUntil?: string;
	endsAfterTrial?: true;
	seats?: number;
	coupon?: string;
}

interface ChangeOptions extends Of {
	plan?: string;
	seats?: number;
	when?: 'at_once' | 'period_end';
	yes?: true;
}

export function addSubscription(program: Command): void {
	const subscription = program
		.command('subscription')
		.description('Which business has which product, by which plan, with how many seats.');
	const of = (name: string, description: string): Command =>
		subscription
			.command(name)
			.description(description)
			.requiredOption('--business <name>', 'the business, by name or id')
			.requiredOption('--product <slug>', 'the product, such as erp');
	of('start', 'Give a business a product by a plan, at the plan’s prices of today.')
		.requiredOption('--plan <slug>', 'the plan, such as business')
		.option('--from <day>', 'its first day, such as 2026-12-01; today unless it is given')
		.option('--trial-until <day>', 'the first day that is no trial any more')
		.option('--ends-after-trial', 'it ends then, unless somebody chooses a plan')
		.option('--seats <number>', 'instead of the plan’s', wholeNumber)
		.option('--coupon <code>', 'what is taken off', notEmpty)
		.action((options: StartOptions) => onPortal(() => start(options)));
	of('show', 'How it stands: plan, prices, period, what is planned, what happened.').action(
		(options: Of) => onPortal(() => inside('show', options, async (scope, one) => show(scope, one)))
	);
	const when = (command: Command): Command =>
		command.addOption(
			new Option('--when <when>', 'instead of when the plan says').choices([
				'at_once',
				'period_end'
			])
		);
	when(of('change', 'Show what another plan costs, and with --yes change to it.'))
		.requiredOption('--plan <slug>', 'the plan, such as business')
		.option('--seats <number>', 'how many seats', wholeNumber)
		.option('--yes', 'do it')
		.action((options: ChangeOptions) => onPortal(() => change('change', options)));
	when(of('seats', 'Show what other seats cost, and with --yes change to them.'))
		.requiredOption('--seats <number>', 'how many seats', wholeNumber)
		.option('--yes', 'do it')
		.action((options: ChangeOptions) => onPortal(() => change('seats', options)));
	of('pause', 'Pause it: nothing is billed for that time.')
		.option('--from <day>', 'its first day; the end of the period unless it is given')
		.option('--until <day>', 'the first day after it; open unless it is given')
		.option('--reason <words>', 'why', notEmpty)
		.action(
			({ business, product, ...days }: Of & { from?: string; until?: string; reason?: string }) =>
				onPortal(() =>
					inside('pause', { business, product }, async (scope, { id }) =>
						tellEnd('Paused from', await pauseSubscription(scope, { subscriptionId: id, ...days }))
					)
				)
		);
	of('resume', 'Go on with it, or take a pause back that has not begun.')
		.option('--on <day>', 'its first day; today unless it is given')
		.action(({ on, ...options }: Of & { on?: string }) =>
			onPortal(() =>
				inside('resume', options, async (scope, { id }) => {
					const resumed = await resumeSubscription(scope, {
						subscriptionId: id,
						...(on === undefined ? {} : { on })
					});
					tell(`Goes on from ${resumed.on}`);
				})
			)
		);
	when(of('cancel', 'Cancel it for the end of its period, or when the plan says.'))
		.requiredOption('--reason <words>', 'why', notEmpty)
		.action(
			({
				reason,
				when: at,
				...options
			}: Of & { reason: string; when?: 'at_once' | 'period_end' }) =>
				onPortal(() =>
					inside('cancel', options, async (scope, { id }) =>
						tellEnd(
							'Ends on',
							await cancelSubscription(scope, {
								subscriptionId: id,
								reason,
								...(at === undefined ? {} : { when: at })
							})
						)
					)
				)
		);
	of('keep', 'Take back a cancellation, or a change that is planned.').action((options: Of) =>
		onPortal(() =>
			inside('keep', options, (scope, { id, cancelsOn }) =>
				cancelsOn === null
					? takeBackChange(scope, { subscriptionId: id })
					: keepSubscription(scope, { subscriptionId: id })
			)
		)
	);
	of('end', 'End it today, without giving anything back. What was used is billed.')
		.option('--reason <words>', 'why', notEmpty)
		.action(({ reason, ...options }: Of & { reason?: string }) =>
			onPortal(() =>
				inside('end', options, async (scope, { businessId, product }, today) =>
					changeSubscriptionStatus(scope, {
						businessId,
						product: product.slug,
						status: 'ended',
						on: today,
						...(reason === undefined ? {} : { reason })
					})
				)
			)
		);
}

async function start({ business, from, trialUntil, endsAfterTrial, ...options }: StartOptions) {
	const { id } = await withSystem('evolve subscription start', async (scope) => {
		const { id: businessId, timeZone } = await findBusiness(scope, business);
		return startSubscription(scope, {
			...options,
			businessId,
			startedOn: from ?? civilDate(scope.now, timeZone),
			goesOn: !endsAfterTrial,
			...(trialUntil === undefined ? {} : { trialEndsOn: trialUntil })
		});
	});
	tell(id);
}

/** The subscription of a product that has not ended. */
function inside(
	name: string,
	{ business, product }: Of,
	work: (scope: Scope<System>, agreement: Agreement, today: string) => Promise<void>
): Promise<void> {
	return withSystem(`evolve subscription ${name}`, async (scope) => {
		const { id, timeZone } = await findBusiness(scope, business);
		const agreements = await readAgreements(scope, { businessIds: [id] });
		const found = agreements.find((each) => each.product.slug === product);
		if (!found) throw new NotFound('This subscription');
		await work(scope, found, civilDate(scope.now, timeZone));
	});
}

function change(name: 'change' | 'seats', { plan, seats, when, yes, ...of }: ChangeOptions) {
	return inside(name, of, async (scope, { id: subscriptionId }) => {
		const wish = {
			subscriptionId,
			...(seats === undefined ? {} : { seats }),
			...(when === undefined ? {} : { when })
		};
		if (!yes) {
			tellPreview(await previewChange(scope, plan === undefined ? wish : { ...wish, plan }));
			tell('Nothing has changed. Say it again with --yes to do it.');
		} else if (plan !== undefined) tellPreview(await changePlan(scope, { ...wish, plan }));
		else tellPreview(await changeSeats(scope, { ...wish, seats: seats ?? 1 }));
	});
}

function tellPreview({ from, to, on, effect, lines, documents, currency, next }: ChangePreview) {
	tell(`${from.plan.name} → ${to.plan.name}, ${effect}, from ${on}`);
	tellTable(
		lines.map(({ description, period, amountMinor }) => [
			description,
			`${period?.start ?? ''} – ${period?.end ?? ''}`,
			amountWords(amountMinor, currency)
		])
	);
	tell(`To pay with tax: ${amountWords(documents.dueMinor, currency)}`);
	if (documents.leftMinor > 0n)
		tell(`Stays as credit: ${amountWords(documents.leftMinor, currency)}`);
	if (next)
		tell(`Next bill, ${next.on}: ${amountWords(next.totals.totalMinor, next.currency)} with tax`);
}

function tellEnd(words: string, { on, lines, documents, currency }: EndPreview): void {
	tell(`${words} ${on}`);
	const given = documents.notes.reduce((sum, { totalMinor }) => sum + totalMinor, 0n);
	if (lines.length > 0) tell(`Given back then, with tax: ${amountWords(given, currency)}`);
}

async function show(scope: Scope<System>, agreement: Agreement): Promise<void> {
	const { id, plan, terms, status, seats, period, next, cancelsOn, pausedOn, resumesOn } =
		agreement;
	tellTable([
		['Subscription', id],
		['Status', status],
		['Plan', `${plan.name}, version ${terms.version}`],
		['Seats', seats === null ? '–' : String(seats)],
		['Period', `${period.start} – ${period.end}`],
		...(next?.plan ? [['Next plan', next.plan.name]] : []),
		...(next && next.seats !== null ? [['Next seats', String(next.seats)]] : []),
		...(cancelsOn === null ? [] : [['Ends', cancelsOn]]),
		...(pausedOn === null ? [] : [['Paused', `${pausedOn} – ${resumesOn ?? ''}`]]),
		...terms.prices.map((price) => [price.label, priceWords(price, terms)])
	]);
	const changes = await listSubscriptionChanges(scope, { subscriptionId: id });
	tellTable(
		changes.map(({ onDay, kind, to, madeBy, reason }) => [
			onDay,
			kind,
			Object.values(to).join(' '),
			madeBy,
			reason ?? ''
		])
	);
}
