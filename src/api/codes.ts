/**
 * Every code that a problem can carry, with its title. Codes are stable: a program may rely on them.
 * The documents of the API list them from here.
 */
export const titles = {
	missing_key: 'No API key',
	unknown_key: 'Unknown API key',
	revoked_key: 'Revoked API key',
	export_cancelled: 'Export given up',
	export_settled: 'Export settled',
	key_not_for_this: 'Key not made for this',
	not_found: 'Not found',
	method_not_allowed: 'Method not allowed',
	unsupported_media_type: 'Unsupported content type',
	unsupported_encoding: 'Unsupported content encoding',
	body_too_large: 'Body too large',
	incomplete_body: 'Incomplete body',
	invalid_json: 'Not JSON',
	not_a_batch: 'Not a batch',
	empty_batch: 'Empty batch',
	too_many_events: 'Too many events',
	duplicate_header: 'Header sent twice',
	invalid_header: 'Malformed header',
	not_an_event: 'Not an event',
	missing_attribute: 'Missing attribute',
	invalid_attribute: 'Malformed attribute',
	invalid_attribute_name: 'Malformed attribute name',
	unsupported_specversion: 'Unsupported version of CloudEvents',
	invalid_time: 'Malformed time',
	invalid_data: 'Malformed data',
	invalid_events: 'Several kinds of faults',
	unknown_business: 'Unknown business',
	unknown_type: 'Unknown event type',
	unknown_person: 'Unknown person',
	time_too_far_ahead: 'Time too far ahead',
	time_too_long_ago: 'Time too long ago',
	corrects_itself: 'Correction of itself',
	unknown_original: 'Unknown original',
	original_dropped: 'Original no longer stored',
	too_many_corrections: 'Too many corrections in a batch',
	invalid_value: 'Value cannot be read',
	invalid_dimension: 'Dimension cannot be read',
	idempotency_key_in_use: 'Same request under way',
	idempotency_key_reused: 'Idempotency key of another request',
	credited_too_much: 'More than can be given back',
	draft_changed: 'Draft changed meanwhile',
	invoice_not_open: 'Invoice not open',
	invoice_settled: 'Something was paid already',
	invoice_void: 'Invoice void',
	seller_unknown: 'No seller',
	too_early: 'Before its invoice',
	payment_known: 'Payment counted already',
	payment_reversed: 'Payment taken back already',
	refund_known: 'Refund noted already',
	credit_too_small: 'Not so much credit',
	certificate_known: 'Certificate counted already',
	invalid: 'Malformed input',
	too_many: 'Too much at once',
	internal: 'Failure on our side'
} as const;

export type Code = keyof typeof titles;

/** What each code means and what to do, in a sentence or two. */
export const meanings: Record<Code, string> = {
	missing_key: 'Send the product’s API key as a bearer token.',
	unknown_key: 'No API key reads like this one. Check that it was copied whole.',
	revoked_key:
		'The operator has revoked this key. Nothing of the request was taken; use another key.',
	export_cancelled: 'The business has given this export up. Stop preparing it.',
	export_settled:
		'An export that is ready or failed is not prepared again: the business asks anew.',
	key_not_for_this:
		'The operator made this key for other things. Ask for one that is made for this too.',
	not_found: 'There is nothing at this address, or it belongs to somebody else.',
	method_not_allowed: 'The address exists, but not with this method; `Allow` names those it has.',
	unsupported_media_type: 'The body is of a kind that this address does not take.',
	unsupported_encoding: 'Send the body as it is, without Content-Encoding.',
	body_too_large: 'A body has at most 1 MB (1,048,576 bytes). Send less at a time.',
	incomplete_body: 'The connection ended before the body did.',
	invalid_json: 'The body says it is JSON, and is not.',
	not_a_batch: 'A batch is a JSON array of events.',
	empty_batch: 'A batch or list has at least one item.',
	too_many_events: 'A batch has at most 1,000 events; a list of activity at most 100 entries.',
	duplicate_header: 'An attribute of an event came as a header more than once.',
	invalid_header:
		'A header is not percent-encoded UTF-8 as the HTTP binding of CloudEvents asks, or may not be used.',
	not_an_event: 'An event is a JSON object.',
	missing_attribute: 'An event has an id, a source, a type, a specversion and a subject.',
	invalid_attribute: 'An attribute is not of the form that CloudEvents 1.0 gives it.',
	invalid_attribute_name: 'Names of attributes are small letters and digits.',
	unsupported_specversion: 'Events are taken in CloudEvents 1.0.',
	invalid_time: 'Times are written as RFC 3339 says, such as 2026-11-25T09:00:00Z.',
	invalid_data: 'An event carries its data once: as `data`, or as `data_base64`.',
	invalid_events:
		'The faults of a batch have different codes; each stands with its fault in `errors`.',
	unknown_business:
		'No business with this id has your product. An event’s `subject` is the id of the business.',
	unknown_type: 'No meter of your product counts events of this type. The operator defines meters.',
	unknown_person: 'Nobody in this business who may open the product has this id or address.',
	time_too_far_ahead: 'The time lies more than 5 minutes ahead of the portal’s clock.',
	time_too_long_ago: 'Events are counted up to 35 days late; after that their hours are closed.',
	corrects_itself:
		'A correction is an event with an id of its own; `corrects` is the id of the event that it corrects.',
	unknown_original:
		'What `corrects` names was not received from this source, of this type and for this business. Send the original first, or in the same batch. If it is still on its way, send the correction again once it was taken.',
	original_dropped:
		'The original is so old that it is no longer stored: it can no longer be corrected, and what it counted stands.',
	too_many_corrections: 'A batch corrects at most 100 events. Send the others in further batches.',
	invalid_value: 'What a meter reads is missing, or is not what it can read.',
	invalid_dimension:
		'A property by which totals are told apart is neither text, nor a number, nor true or false, or is too long.',
	idempotency_key_in_use:
		'The same request is being carried out at this moment. Send it again in a few seconds.',
	idempotency_key_reused:
		'An idempotency key belongs to one request: its method, address and body. Use a new one for another.',
	credited_too_much: 'Less than that was billed and not given back yet.',
	draft_changed:
		'Somebody has changed the draft since you read it. Read it again, and send your change with its version.',
	invoice_not_open: 'The invoice is paid, void or was given up; this is for open ones.',
	invoice_settled:
		'Something of the invoice was paid or given back: it cannot be made void. Issue a credit note.',
	invoice_void: 'The invoice was made void and asks for nothing.',
	seller_unknown: 'The vendor has not said yet who issues the invoices.',
	too_early: 'The day lies before that of the invoice.',
	payment_known:
		'Money of this way with this reference was counted for the business. Spaces and capitals make no difference.',
	payment_reversed: 'The payment was taken back before; nothing has changed.',
	refund_known: 'A refund of this way with this reference was noted for the business.',
	credit_too_small: 'The customer has less to their credit than is to be paid back.',
	certificate_known: 'A certificate with this number was counted for the business.',
	invalid: 'A field is missing or malformed; `errors` says which.',
	too_many:
		'More arrives than can be written at the moment, or a key asks too often. Nothing was taken; send it again after `Retry-After` seconds.',
	internal:
		'Nothing is wrong with your request as far as we know. Send it again; if it goes on, tell us the `reference`.'
};
