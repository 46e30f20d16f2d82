import { describe, expect, it } from 'vitest';
import { download } from '#server/web/download.ts';
import { csvPieces, exploreRows, jsonPieces } from './explore-export.ts';
import type { Ranked } from '#server/modules/usage/index.ts';
import type { ExploreView } from './explore-view.ts';

const view: ExploreView = {
	asked: {
		product: '',
		measure: '',
		by: 'user',
		person: '',
		where: [],
		step: 'day',
		compare: true
	},
	hoursFrom: null,
	label: 'Data, transferred',
	by: 'sum',
	unit: 'bytes',
	currency: 'KES',
	addsUp: true,
	choices: { measures: [], dimensions: [], people: [], filters: [], steps: [] },
	steps: ['2026-11-01', '2026-11-02'],
	totals: [6.5, null],
	series: [
		{ name: '=otieno', readings: [5, null] },
		{ name: 'naliaka', readings: [1.5, null] }
	],
	rows: [
		{ name: '=otieno', value: 5, previous: 4, href: null },
		{ name: 'naliaka', value: 1.5, previous: null, href: null }
	],
	pages: null,
	earlier: [null, 4],
	total: 6.5,
	previous: 4,
	peak: null,
	average: null,
	forecast: null,
	periodForecast: null,
	otherwiseUntil: null
};

async function* groups(): AsyncGenerator<Ranked> {
	const none = { points: ['5', null], earlier: [null, '4'] };
	yield await Promise.resolve({ value: '=otieno', total: '5', previous: '4', ...none });
	yield { value: 'naliaka', total: '1.5', previous: null, points: ['1.5', null], earlier: [] };
	yield { value: null, total: null, previous: null, points: [null, null], earlier: [] };
}

const names = new Map([['naliaka', 'Naliaka, Nakuru']]);
const rows = () => exploreRows(view, '2026-11-01', groups(), names);
const text = (pieces: AsyncGenerator<string>): Promise<string> =>
	download('it', 'csv', pieces).text();

describe('the download of what is shown', () => {
	it('holds all and each group over the range and step by step, as comma-separated values', async () => {
		const written = await text(csvPieces(rows()));
		expect(written).toBe(
			[
				'span,from,product,measure,of,unit,value,previous',
				'range,2026-11-01,,"Data, transferred",,bytes,6.5,4',
				'day,2026-11-01,,"Data, transferred",,bytes,6.5,',
				'day,2026-11-02,,"Data, transferred",,bytes,,4',
				`range,2026-11-01,,"Data, transferred",'=otieno,bytes,5,4`,
				`day,2026-11-01,,"Data, transferred",'=otieno,bytes,5,`,
				`day,2026-11-02,,"Data, transferred",'=otieno,bytes,,4`,
				'range,2026-11-01,,"Data, transferred","Naliaka, Nakuru",bytes,1.5,',
				'day,2026-11-01,,"Data, transferred","Naliaka, Nakuru",bytes,1.5,',
				'day,2026-11-02,,"Data, transferred","Naliaka, Nakuru",bytes,,',
				'range,2026-11-01,,"Data, transferred",Not told,bytes,,',
				'day,2026-11-01,,"Data, transferred",Not told,bytes,,',
				'day,2026-11-02,,"Data, transferred",Not told,bytes,,',
				''
			].join('\r\n')
		);
	});

	it('holds the same rows as JSON', async () => {
		const read: unknown = JSON.parse(await text(jsonPieces(rows())));
		expect(read).toEqual(await Array.fromAsync(rows()));
		expect(JSON.parse(await text(jsonPieces([])))).toEqual([]);
	});
});
