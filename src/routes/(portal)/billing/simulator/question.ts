/** What the simulator is asked for in its address. */
export interface Asked {
	product: string | null;
	plan: string | null;
	/** As typed; empty where nothing was. */
	seats: string;
	months: number;
	/** Quantities that were typed over, by meter and the month's first day. */
	quantities: Map<string, string>;
}

/** How many months can be looked at. */
export const spans = [3, 6, 12] as const;

export function readAsked(params: URLSearchParams): Asked {
	const months = Number(params.get('months'));
	return {
		product: params.get('product'),
		plan: params.get('plan'),
		seats: (params.get('seats') ?? '').trim(),
		months: spans.find((span) => span === months) ?? spans[0],
		quantities: new Map(
			[...params].flatMap(([name, value]): [string, string][] =>
				name.startsWith('q.') && value.trim() !== '' ? [[name.slice(2), value.trim()]] : []
			)
		)
	};
}

/** The name of the field of a meter's quantity in a month. */
export function quantityName(meter: string, month: string): string {
	return `${meter}.${month.slice(0, 7)}`;
}

/** A number as people write it, as exact decimal text; null for what is none. */
export function readQuantity(text: string): string | null {
	const plain = text.replaceAll(/[\s,]/g, '');
	return /^\d{1,15}(\.\d{1,12})?$/.test(plain) ? plain.replace(/^0+(?=\d)/, '') : null;
}

/** The first days of the whole months before a day, the earliest first. */
export function monthsBefore(today: string, count: number): string[] {
	const [year = 0, month = 1] = today.split('-').map(Number);
	return Array.from({ length: count }, (_, place) => {
		const at = year * 12 + month - 1 - (count - place);
		return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}-01`;
	});
}
