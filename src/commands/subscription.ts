import type { Command } from 'commander';
import { Temporal } from 'temporal-polyfill';
import { startSubscription } from '#server/modules/billing/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { findBusiness } from './business.ts';
import { onPortal, tell, wholeNumber } from './command.ts';

interface SubscriptionOptions {
	business: string;
	product: string;
	plan: string;
	from?: string;
	trialUntil?: string;
	seats?: number;
}

export function addSubscription(program: Command): void {
	const subscription = program
		.command('subscription')
		.description('Which business has which product.');
	subscription
		.command('start')
		.description('Give a business a product by a plan, at the plan’s prices of today.')
		.requiredOption('--business <name>', 'the business, by name or id')
		.requiredOption('--product <slug>', 'the product, such as erp')
		.requiredOption('--plan <slug>', 'the plan, such as business')
		.option('--from <day>', 'its first day, such as 2026-12-01; today unless it is given')
		.option('--trial-until <day>', 'the first day that is no trial any more')
		.option('--seats <number>', 'instead of the plan’s', wholeNumber)
		.action(({ business, from, trialUntil, ...options }: SubscriptionOptions) =>
			onPortal(async () => {
				const { id } = await withSystem('evolve subscription start', async (scope) => {
					const { id: businessId, timeZone } = await findBusiness(scope, business);
					const today = Temporal.Instant.fromEpochMilliseconds(scope.now.getTime())
						.toZonedDateTimeISO(timeZone)
						.toPlainDate();
					return startSubscription(scope, {
						...options,
						businessId,
						startedOn: from ?? today.toString(),
						...(trialUntil === undefined ? {} : { trialEndsOn: trialUntil })
					});
				});
				tell(id);
			})
		);
}
