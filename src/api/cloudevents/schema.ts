import * as v from 'valibot';
import { readTime } from './time.ts';

/** Longer names and addresses than this are no use to anybody, and would bloat every row. */
const longestText = 500;

/**
 * What CloudEvents forbids in a string: control characters, halves of surrogate pairs (checked apart),
 * and the code points that Unicode sets aside as no characters.
 */
const forbidden = /[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/;

/** Nearly every attribute, told by one look. */
const plain = /^[ -~]*$/;

export function isText(value: string): boolean {
	return plain.test(value) || (!forbidden.test(value) && value.isWellFormed());
}

const reference = /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[\dA-Fa-f]{2})+$/;

/** RFC 3986, the characters of a URI reference. */
export function isUriReference(value: string): boolean {
	return reference.test(value);
}

const mediaType =
	/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;\s*[\w!#$&^.+-]+=(?:"[^"\r\n]*"|[\w!#$&^.+'-]+))*$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const Text = v.pipe(
	v.string('This must be text.'),
	v.nonEmpty('This must not be empty.'),
	v.maxLength(longestText, `At most ${longestText} characters.`),
	v.check(isText, 'Control characters are not allowed.')
);

export const Time = v.pipe(
	v.string('A time is text.'),
	v.check(
		(time) => readTime(time) !== null,
		'Write a time as RFC 3339 says, such as 2026-11-25T09:00:00Z.'
	),
	v.metadata({ format: 'date-time' }),
	v.description('When it happened (RFC 3339). Without it, when the portal received it.')
);

/** Attributes of other specifications or the sender's own: single values. */
const Extension = v.nullish(
	v.union(
		[
			v.boolean(),
			v.pipe(v.number(), v.integer(), v.minValue(-2_147_483_648), v.maxValue(2_147_483_647)),
			v.pipe(v.string(), v.check(isText))
		],
		'A further attribute is text without control characters, true or false, or a whole number of 32 bits.'
	)
);

/** An event in the JSON format of CloudEvents 1.0. */
export const CloudEvent = v.pipe(
	v.objectWithRest(
		{
			specversion: v.pipe(
				v.literal('1.0', 'Events are taken in CloudEvents 1.0.'),
				v.description('The version of CloudEvents.')
			),
			id: v.pipe(Text, v.description('With `source`, what makes the event the same event.')),
			source: v.pipe(
				Text,
				v.check(isUriReference, 'A source is a URI reference, such as /erp/nairobi.'),
				v.description('Where it comes from: a URI reference, such as `/erp/nairobi`.')
			),
			type: v.pipe(Text, v.description('What happened: the type that your meters count.')),
			subject: v.pipe(Text, v.description('The id of the business, such as `biz_06ebk…`.')),
			time: v.nullish(Time),
			datacontenttype: v.nullish(
				v.pipe(
					v.string('A content type is text.'),
					v.regex(mediaType, 'Write a media type, such as application/json.'),
					v.description('What `data` is. Without it, JSON.')
				)
			),
			dataschema: v.nullish(v.pipe(Text, v.check(isUriReference, 'A schema is named by its URI.'))),
			corrects: v.nullish(
				v.pipe(
					Text,
					v.description(
						'An extension: the `id` of an earlier event of the same source, type and subject, whose place this one takes. It counts at the time of that event. Without data it takes the other out and counts nothing.'
					)
				)
			),
			data: v.pipe(
				v.optional(v.unknown()),
				v.description('What meters read: the properties of a JSON object.')
			),
			data_base64: v.nullish(
				v.pipe(
					v.string('This must be text.'),
					v.regex(base64, 'This is not base64.'),
					v.description('Data that is not JSON, instead of `data`; kept, and read by no meter.')
				)
			)
		},
		Extension
	),
	v.check(
		({ data, data_base64 }) => data === undefined || data_base64 == null,
		'An event carries its data once: as data, or as data_base64.'
	),
	v.rawCheck(({ dataset, addIssue }) => {
		if (!dataset.typed) return;
		for (const key of Object.keys(dataset.value)) {
			if (attributeName.test(key) || key === 'data_base64') continue;
			addIssue({
				message: 'Names of attributes are small letters and digits.',
				path: [{ type: 'object', origin: 'key', input: dataset.value, key, value: key }]
			});
		}
	}),
	v.metadata({ ref: 'CloudEvent' })
);

export type CloudEvent = v.InferOutput<typeof CloudEvent>;

export const attributeName = /^[a-z0-9]+$/;

export const longestBatch = 1_000;

export const CloudEventBatch = v.pipe(
	v.array(CloudEvent),
	v.minLength(1),
	v.maxLength(longestBatch),
	v.metadata({ ref: 'CloudEventBatch' })
);
