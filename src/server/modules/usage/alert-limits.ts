import Big from 'big.js';
import { Invalid } from '../../platform/errors.ts';
import { minorDigits } from '../rating/index.ts';
import { readDecimal } from './decimals.ts';
import type { Unit } from './meters.ts';

const bytePowers = ['b', 'kb', 'mb', 'gb', 'tb', 'pb'];

const example: Record<Unit, string> = {
	bytes: '50 GB',
	count: '12,500',
	hours: '40',
	money: '250,000.00',
	people: '25'
};

/** Thousands may be marked, by commas or spaces, three figures apart: `1,5` is no number here. */
const written = /^(\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*([a-z]*)$/i;

/**
 * A limit as exact decimal text in the unit of a meter. A number is in that unit already; text is as people
 * write it: data with its unit (`50 GB`, decimal units), money in the currency's major unit.
 * @throws Invalid
 */
export function readLimit(
	limit: number | string,
	{ unit }: { unit: Unit },
	currency: string
): string {
	const amount = typeof limit === 'number' ? fromNumber(limit) : fromText(limit, unit, currency);
	if (!amount) throw wrong(`Write the limit as a number, such as ${example[unit]}.`);
	if (amount.lte(0)) throw wrong('A limit is more than nothing.');
	const text = amount.toFixed();
	if (readDecimal(text) === null) throw wrong('This limit has more digits than we can count.');
	return text;
}

function fromNumber(limit: number): Big | null {
	return Number.isFinite(limit) ? new Big(limit) : null;
}

function fromText(limit: string, unit: Unit, currency: string): Big | null {
	const text = limit.replaceAll(/\s/g, ' ').trim();
	const [, figures, suffix = ''] =
		written.exec(unit === 'money' && text.startsWith(currency) ? text.slice(3).trim() : text) ?? [];
	if (figures === undefined) return null;
	const amount = new Big(figures.replaceAll(/[, ]/g, ''));
	const word = suffix.toLowerCase();
	switch (unit) {
		case 'bytes': {
			if (word === '') throw wrong('Write the unit as well, such as 50 GB.');
			const power = word === 'bytes' ? 0 : bytePowers.indexOf(word);
			return power < 0 ? null : amount.times(new Big(1000).pow(power));
		}
		case 'money':
			return word === '' ? amount.times(new Big(10).pow(minorDigits(currency))) : null;
		case 'hours':
			return ['', 'h', 'hour', 'hours'].includes(word) ? amount : null;
		case 'count':
		case 'people':
			return word === '' ? amount : null;
	}
}

function wrong(message: string): Invalid {
	return new Invalid([{ path: 'limit', message }]);
}
