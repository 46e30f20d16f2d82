import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { findFaults, isUsual } from './format.ts';
import { CloudEvent } from './schema.ts';

const event = {
	specversion: '1.0',
	id: 'evt-0001',
	source: '/portal/metering',
	type: 'co.example.usage.recorded',
	time: '2025-01-01T09:00:00Z',
	subject: 'biz_06ebk3w5q8x1y2z3a4b5c6d7e8',
	datacontenttype: 'application/json',
	data: { value: 5 }
};
const without = (...names: (keyof typeof event)[]): object =>
	Object.fromEntries(
		Object.entries(event).filter(([name]) => !names.includes(name as keyof typeof event))
	);

// The HTTP binding and the JSON format of CloudEvents 1.0.
const valid: [name: string, event: object][] = [
	['complete', event],
	['without a content type: JSON is implied', without('datacontenttype')],
	['with text', { ...event, datacontenttype: 'text/plain', data: 'just text' }],
	[
		'with bytes',
		{
			...without('data'),
			datacontenttype: 'application/octet-stream',
			data_base64: 'AAEC/w=='
		}
	],
	['without data', without('data', 'datacontenttype')],
	['without a time', without('time')],
	['with an unset time', { ...event, time: null }],
	['with an unset extension', { ...event, ext: null }],
	['with extensions', { ...event, traceparent: '00-1', flag: true, count: -2147483648 }],
	['with a schema', { ...event, dataschema: 'https://example.com/schema#1' }],
	['with a parameter of the type', { ...event, datacontenttype: 'application/json; charset="x"' }],
	['with a relative source', { ...event, source: 'my-app' }],
	['with an encoded source', { ...event, source: 'urn:x:%C3%A9?q=1#f' }],
	['with data that is null', { ...event, data: null }],
	['with data that is a list', { ...event, data: [1] }]
];

const invalid: [name: string, event: unknown, path: string, code: string][] = [
	['without an id', without('id'), 'id', 'missing_attribute'],
	['without a source', without('source'), 'source', 'missing_attribute'],
	['without a type', without('type'), 'type', 'missing_attribute'],
	['without a specversion', without('specversion'), 'specversion', 'missing_attribute'],
	['without a subject', without('subject'), 'subject', 'missing_attribute'],
	['with an empty type', { ...event, type: '' }, 'type', 'invalid_attribute'],
	['with an empty id', { ...event, id: '' }, 'id', 'invalid_attribute'],
	[
		'of another version',
		{ ...event, specversion: '0.3' },
		'specversion',
		'unsupported_specversion'
	],
	[
		'of a version that is a number',
		{ ...event, specversion: 1 },
		'specversion',
		'unsupported_specversion'
	],
	['with an id that is null', { ...event, id: null }, 'id', 'invalid_attribute'],
	['with an id that is a number', { ...event, id: 7 }, 'id', 'invalid_attribute'],
	['with an endless id', { ...event, id: 'x'.repeat(501) }, 'id', 'invalid_attribute'],
	['with a time that is a number', { ...event, time: 1735722000 }, 'time', 'invalid_time'],
	['with a time that is none', { ...event, time: 'nope' }, 'time', 'invalid_time'],
	['with an empty schema', { ...event, dataschema: '' }, 'dataschema', 'invalid_attribute'],
	['with a source that is no URI', { ...event, source: 'a b' }, 'source', 'invalid_attribute'],
	['with a source that is broken', { ...event, source: '%zz' }, 'source', 'invalid_attribute'],
	[
		'with a content type that is none',
		{ ...event, datacontenttype: 'json' },
		'datacontenttype',
		'invalid_attribute'
	],
	['with broken base64', { ...without('data'), data_base64: '***' }, 'data_base64', 'invalid_data'],
	['with data twice', { ...event, data_base64: 'AAEC' }, '', 'invalid_data'],
	['with a name in capitals', { ...event, My_Attr: 'x' }, 'My_Attr', 'invalid_attribute_name'],
	['with a hyphen in a name', { ...event, 'my-ext': 'x' }, 'my-ext', 'invalid_attribute_name'],
	['with an empty name', { ...event, '': 'x' }, '', 'invalid_data'],
	['with an extension that nests', { ...event, ext: { nested: 1 } }, 'ext', 'invalid_attribute'],
	['with an extension that is a list', { ...event, ext: ['a'] }, 'ext', 'invalid_attribute'],
	['with a number beyond 32 bits', { ...event, big: 2147483648 }, 'big', 'invalid_attribute'],
	['with a fraction', { ...event, frac: 1.5 }, 'frac', 'invalid_attribute'],
	['with a control character', { ...event, ext: 'a\u0000b' }, 'ext', 'invalid_attribute'],
	['with a control character in its id', { ...event, id: 'a\u0085b' }, 'id', 'invalid_attribute'],
	['with half a surrogate pair', { ...event, id: 'a\ud800b' }, 'id', 'invalid_attribute'],
	[
		'with a code point that is no character',
		{ ...event, type: 'a\uffff' },
		'type',
		'invalid_attribute'
	],
	['that is text', 'not json', '', 'not_an_event'],
	['that is a list', [event], '', 'not_an_event'],
	['that is null', null, '', 'not_an_event']
];

describe('an event', () => {
	it.each(valid)('%s is taken', (_name, taken) => {
		expect(findFaults(taken)).toEqual([]);
	});

	it.each(invalid)('%s is refused', (_name, refused, path, code) => {
		expect(findFaults(refused)).toMatchObject([{ path, code }]);
	});

	it('tells every fault of it', () => {
		const faults = findFaults({ ...without('id'), type: '', time: 'x' });
		expect(faults.map(({ path }) => path).sort()).toEqual(['id', 'time', 'type']);
	});
});

describe('the quick look', () => {
	it('takes the events that products send', () => {
		expect(isUsual(event)).toBe(true);
		expect(isUsual(without('time', 'datacontenttype'))).toBe(true);
	});

	it('takes nothing that the schema refuses', () => {
		const values = [
			...[
				undefined,
				null,
				'',
				'x',
				'1.0',
				'/a',
				'a b',
				'%zz',
				'a\u0000',
				'a\ud800',
				5,
				true,
				{},
				[]
			],
			...['x'.repeat(500), 'x'.repeat(501), '2025-01-01T09:00:00Z', 'application/json', 'AAEC']
		];
		const names = [
			...Object.keys(event),
			'dataschema',
			'data_base64',
			'ext',
			'My-Ext',
			'__proto__'
		];
		let usual = 0;
		for (const name of names) {
			for (const value of values) {
				const changed: object = Object.fromEntries([...Object.entries(event), [name, value]]);
				if (!isUsual(changed)) continue;
				usual += 1;
				expect(v.is(CloudEvent, changed), `${name}: ${JSON.stringify(value)}`).toBe(true);
			}
		}
		expect(usual).toBeGreaterThan(40);
	});
});
