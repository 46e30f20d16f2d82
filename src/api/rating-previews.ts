import { Hono } from 'hono';
import * as v from 'valibot';
import {
	Currency,
	lineMinor,
	major,
	Price,
	Quantity,
	rate,
	stepKinds,
	Used
} from '#server/modules/rating/index.ts';
import { Invalid } from '#server/platform/errors.ts';
import { parse } from '#server/platform/usecase.ts';
import { readJson } from './body.ts';
import { eitherKey } from './either-key.ts';
import type { Env } from './env.ts';
import { describe, type Noun } from './noun.ts';
import { reply } from './reply.ts';

const currency = v.pipe(
	Currency,
	v.metadata({ type: 'string' }),
	v.description('By its three letters (ISO 4217); it says how many decimals an amount has.')
);

const RatingPreview = v.pipe(
	v.strictObject({
		currency,
		price: Price,
		quantity: v.optional(
			v.pipe(Quantity, v.description('What was used, for prices of a quantity.'))
		),
		usage: v.optional(
			v.pipe(Used, v.description('What was used, for prices of a total or of events.'))
		)
	}),
	v.metadata({ ref: 'RatingPreview' })
);

const text = (what: string) => v.nullable(v.pipe(v.string(), v.description(what)));

const Rating = v.pipe(
	v.object({
		currency: v.string(),
		lines: v.array(
			v.object({
				model: v.string(),
				quantity: text('What was charged for; null where no quantity is.'),
				exact_amount: v.pipe(v.string(), v.description('In major units, before rounding.')),
				amount: v.pipe(
					v.string(),
					v.description('Rounded once, half away from zero, with the decimals of the currency.')
				),
				steps: v.pipe(
					v.array(
						v.object({
							kind: v.picklist(stepKinds),
							tier: v.nullable(v.pipe(v.number(), v.integer())),
							from: text('The tier holds what lies above this.'),
							up_to: text('The last quantity of the tier; null when it is open.'),
							quantity: text('How much, or of what a percentage was taken.'),
							unit_amount: text('For each of them.'),
							flat_amount: text('Once; of a bound, the bound itself.'),
							rate_percent: text('Per cent.'),
							amount: v.pipe(v.string(), v.description('Exact.'))
						})
					),
					v.description('How the exact amount came about: it is their sum.')
				)
			})
		),
		amount: v.pipe(v.string(), v.description('The sum of the lines as they are printed.'))
	}),
	v.metadata({ ref: 'Rating' })
);

const routes = new Hono<Env>();

routes.post(
	'/rating-previews',
	describe({
		id: 'previewRating',
		summary: 'Preview what a use costs',
		description:
			'Works out a price for a quantity or a use, as an invoice would before tax. Nothing is stored, so asking again gives the same.',
		takes: {
			'application/json': {
				schema: RatingPreview,
				example: {
					currency: 'KES',
					price: {
						model: 'graduated',
						tiers: [
							{ up_to: '1000', unit_amount: '3.50', flat_amount: '0' },
							{ up_to: null, unit_amount: '2.125', flat_amount: '500' }
						]
					},
					quantity: '1486.5'
				}
			}
		},
		gives: {
			description: 'The line, and how it came about.',
			schema: Rating,
			example: {
				currency: 'KES',
				lines: [
					{
						model: 'graduated',
						quantity: '1486.5',
						exact_amount: '5033.8125',
						amount: '5033.81',
						steps: [
							{
								kind: 'units',
								tier: 1,
								from: '0',
								up_to: '1000',
								quantity: '1000',
								unit_amount: '3.50',
								flat_amount: '0',
								rate_percent: null,
								amount: '3500'
							},
							{
								kind: 'units',
								tier: 2,
								from: '1000',
								up_to: null,
								quantity: '486.5',
								unit_amount: '2.125',
								flat_amount: '500',
								rate_percent: null,
								amount: '1533.8125'
							}
						]
					}
				],
				amount: '5033.81'
			}
		},
		limited: true,
		alsoFor: 'catalogue:read',
		failures: ['invalid']
	}),
	eitherKey('catalogue:read'),
	async (c) => reply(c, preview(parse(RatingPreview, await readJson(c))))
);

function preview(asked: v.InferOutput<typeof RatingPreview>): v.InferOutput<typeof Rating> {
	const { currency, price, quantity, usage } = asked;
	if (quantity !== undefined && usage !== undefined)
		throw new Invalid([
			{ path: 'usage', message: 'Send quantity or usage, not both: usage has a quantity too.' }
		]);
	try {
		const rated = rate(price, usage ?? { quantity });
		const amount = major(lineMinor(rated.amount, currency), currency);
		const steps = rated.steps.map(({ upTo, unitAmount, flatAmount, ratePercent, ...step }) => ({
			...step,
			up_to: upTo,
			unit_amount: unitAmount,
			flat_amount: flatAmount,
			rate_percent: ratePercent
		}));
		const { model } = price;
		return {
			currency,
			lines: [{ model, quantity: rated.quantity, exact_amount: rated.amount, amount, steps }],
			amount
		};
	} catch (error) {
		if (!(error instanceof Invalid)) throw error;
		throw new Invalid(error.issues.map((issue) => ({ ...issue, path: inRequest(issue.path) })));
	}

	/** Where a field of what was used stands in the request; what has no field is the use as a whole. */
	function inRequest(path: string): string {
		if (usage) return path === '' ? 'usage' : `usage.${path}`;
		return path === '' || path === 'quantity' ? 'quantity' : `usage.${path}`;
	}
}

export const ratingPreviews: Noun = {
	name: 'Rating previews',
	description: 'What a use costs by a price.',
	routes
};
