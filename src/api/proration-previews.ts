import { Hono } from 'hono';
import * as v from 'valibot';
import {
	Amount,
	Currency,
	major,
	prorate,
	prorationModes,
	startOfDay,
	TimeZone
} from '#server/modules/rating/index.ts';
import { CivilDate } from '#server/platform/schemas.ts';
import { parse } from '#server/platform/usecase.ts';
import { readJson } from './body.ts';
import { readTime } from './cloudevents/time.ts';
import { eitherKey } from './either-key.ts';
import type { Env } from './env.ts';
import { describe, type Noun } from './noun.ts';
import { reply } from './reply.ts';

const civilDate = (what: string) =>
	v.pipe(CivilDate, v.metadata({ type: 'string', format: 'date' }), v.description(what));

const ProrationPreview = v.pipe(
	v.strictObject({
		currency: v.pipe(
			Currency,
			v.metadata({ type: 'string' }),
			v.description('By its three letters (ISO 4217); it says how many decimals an amount has.')
		),
		from: v.pipe(
			v.nullable(
				v.strictObject({
					amount: v.pipe(Amount, v.description('What was billed for the whole period.')),
					credited: v.optional(
						v.nullable(v.pipe(Amount, v.description('What of it was credited already.')))
					)
				})
			),
			v.description('What ends; null where nothing does.')
		),
		to: v.pipe(
			v.nullable(
				v.strictObject({
					amount: v.pipe(Amount, v.description('What the whole period costs.'))
				})
			),
			v.description('What begins; null where nothing does.')
		),
		period: v.strictObject({
			start: civilDate('Its first day.'),
			end: civilDate('The first day after it.')
		}),
		moment: v.pipe(
			v.string(),
			v.check(
				(text) => v.is(CivilDate, text) || readTime(text) !== null,
				'Write a moment as 2026-11-25T09:00:00Z, or a day as 2026-11-25.'
			),
			v.metadata({ type: 'string' }),
			v.description('When the change is made: a moment, or the beginning of a day in the zone.')
		),
		zone: v.optional(
			v.pipe(
				TimeZone,
				v.metadata({ type: 'string' }),
				v.description('In which days begin and end, such as Africa/Nairobi.')
			),
			'Africa/Nairobi'
		),
		mode: v.optional(
			v.pipe(
				v.picklist(prorationModes),
				v.description(
					'By whole days, the day of the change being the first of the new; or by seconds.'
				)
			),
			'day'
		)
	}),
	v.metadata({ ref: 'ProrationPreview' })
);

const Prorated = v.pipe(
	v.object({
		currency: v.string(),
		mode: v.picklist(prorationModes),
		changed_on: v.pipe(v.string(), v.description('The day of the change, in the zone.')),
		lines: v.pipe(
			v.array(
				v.object({
					kind: v.picklist(['credit', 'charge']),
					period: v.pipe(
						v.object({ start: v.string(), end: v.string() }),
						v.description('What it is for, half-open: days, or moments when by seconds.')
					),
					units: v.pipe(
						v.number(),
						v.integer(),
						v.description('The days or seconds that are left.')
					),
					of: v.pipe(
						v.number(),
						v.integer(),
						v.description('The days or seconds of the whole period.')
					),
					exact_amount: v.pipe(
						v.string(),
						v.description(
							'In major units, negative of a credit; a fraction that does not end is shown to twelve decimals.'
						)
					),
					amount: v.pipe(
						v.string(),
						v.description('Rounded once, half away from zero, from the exact fraction.')
					)
				})
			),
			v.description('The credit of what ends, then the charge of what begins.')
		),
		amount: v.pipe(v.string(), v.description('The sum of the lines as they are printed.'))
	}),
	v.metadata({ ref: 'Prorated' })
);

const routes = new Hono<Env>();

routes.post(
	'/proration-previews',
	describe({
		id: 'previewProration',
		summary: 'Preview a change within a period',
		description:
			'Works out what a change in the middle of a paid period credits and charges, before tax. Nothing is stored, so asking again gives the same.',
		takes: {
			'application/json': {
				schema: ProrationPreview,
				example: {
					currency: 'KES',
					from: { amount: '1500.00' },
					to: { amount: '4500.00' },
					period: { start: '2026-11-01', end: '2026-12-01' },
					moment: '2026-11-12T21:30:00Z',
					zone: 'Africa/Nairobi',
					mode: 'day'
				}
			}
		},
		gives: {
			description: 'The lines, and what they come to.',
			schema: Prorated,
			example: {
				currency: 'KES',
				mode: 'day',
				changed_on: '2026-11-13',
				lines: [
					{
						kind: 'credit',
						period: { start: '2026-11-13', end: '2026-12-01' },
						units: 18,
						of: 30,
						exact_amount: '-900',
						amount: '-900.00'
					},
					{
						kind: 'charge',
						period: { start: '2026-11-13', end: '2026-12-01' },
						units: 18,
						of: 30,
						exact_amount: '2700',
						amount: '2700.00'
					}
				],
				amount: '1800.00'
			}
		},
		limited: true,
		alsoFor: 'catalogue:read',
		failures: ['invalid']
	}),
	eitherKey('catalogue:read'),
	async (c) => reply(c, preview(parse(ProrationPreview, await readJson(c))))
);

function preview(asked: v.InferOutput<typeof ProrationPreview>): v.InferOutput<typeof Prorated> {
	const { currency, mode, zone, moment } = asked;
	const time = readTime(moment);
	const at = time === null ? startOfDay(moment, zone) : new Date(time);
	const { changedOn, lines, netMinor } = prorate({ ...asked, at });
	return {
		currency,
		mode,
		changed_on: changedOn,
		lines: lines.map(({ exactAmount, amountMinor, ...line }) => ({
			...line,
			exact_amount: exactAmount,
			amount: major(amountMinor, currency)
		})),
		amount: major(netMinor, currency)
	};
}

export const prorationPreviews: Noun = {
	name: 'Proration previews',
	description: 'What a change within a period credits and charges.',
	routes
};
