import * as v from 'valibot';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { exactLine, rateLine } from '../rating/index.ts';
import type { DraftLine, LineKind } from './draft-lines.ts';
import { issueInvoices } from './issuing.ts';
import { CivilDate, Currency, DecimalText } from './schemas.ts';

const Line = v.object({
	description: v.pipe(
		v.string(),
		v.trim(),
		v.nonEmpty('Write what the line is for.'),
		v.maxLength(200)
	),
	productId: v.optional(v.string()),
	/** On a line for usage: the meter that the quantity comes from. */
	meter: v.optional(v.string()),
	/** What the line pays for, half-open. */
	period: v.optional(v.object({ start: CivilDate, end: CivilDate })),
	quantity: DecimalText,
	/** Minor units of one, before tax; exact, may be finer than one. */
	unitMinor: DecimalText
});

const IssueInvoice = v.object({
	businessId: BusinessId,
	issuedOn: CivilDate,
	dueOn: CivilDate,
	currency: Currency,
	lines: v.array(Line),
	/** Taken off all lines, one after the other. */
	discounts: v.optional(v.array(v.object({ label: v.string(), percent: DecimalText })), [])
});

/**
 * Issues one invoice of quantities and rates at the standard rate of tax: the small door to `issueInvoices`.
 * @throws as that
 */
export const issueInvoice = usecase('billing.manage', IssueInvoice, async (scope, input) => {
	const lines = input.lines.map((line): DraftLine => {
		const amountMinor = rateLine(line.quantity, line.unitMinor);
		return {
			kind: kindOf(line),
			description: line.description,
			...(line.productId === undefined ? {} : { productId: line.productId }),
			...(line.meter === undefined ? {} : { meter: line.meter }),
			...(line.period === undefined ? {} : { period: line.period }),
			quantity: line.quantity,
			unitMinor: line.unitMinor,
			exactAmount: exactLine(line.quantity, line.unitMinor, input.currency),
			amountMinor,
			taxClass: 'standard',
			taxIncluded: false
		};
	});
	const [issued] = await issueInvoices(scope, [{ ...input, lines }]);
	if (!issued) throw new Error('What was asked for was issued.');
	return issued;
});

function kindOf({ meter, productId, period }: v.InferOutput<typeof Line>): LineKind {
	if (meter !== undefined) return 'usage';
	return productId !== undefined && period !== undefined ? 'plan' : 'other';
}
