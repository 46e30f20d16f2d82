import { describe, expect, it } from 'vitest';
import { csvPieces, exploreRows, jsonPieces } from './explore-export.ts';
import { download } from '#server/web/download.ts';
import type { ExploreView } from './explore-view.ts';

const view: ExploreView = {
	asked: {
		product: '',
		measure: '',
		by: 'user',
		person: '',
		branch: '',
		step: 'day',
		compare: true
	},
	hoursFrom: null,
	label: 'Data, transferred',
	unit: 'bytes',
	currency: 'KES',
	addsUp: true,
	choices: { measures: [], dimensions: [], people: [], branches: [], steps: [] },
	steps: ['2026-11-01', '2026-11-02'],
	series: [
		{ name: '=otieno', readings: [5, null] },
		{ name: 'naliaka', readings: [1.5, null] }
	],
	rows: [
		{ name: '=otieno', value: 5, previous: 4 },
		{ name: 'naliaka', value: 1.5, previous: null }
	],
	earlier: [null, 4],
	total: 6.5,
	previous: 4,
	peak: null,
	average: null,
	forecast: null,
	included: null,
	limit: null
};

// As a browser reads it: without the mark of its letters.
const text = (pieces: Generator<string>): Promise<string> => download('it', 'csv', pieces).text();

describe('the download of what is shown', () => {
	it('holds the figures of the range and of each step as comma-separated values', async () => {
		const written = await text(csvPieces(exploreRows(view, '2026-11-01')));
		expect(written).toBe(
			[
				'span,from,measure,of,unit,value,previous',
				'range,2026-11-01,"Data, transferred",,bytes,6.5,4',
				`range,2026-11-01,"Data, transferred",'=otieno,bytes,5,4`,
				'range,2026-11-01,"Data, transferred",naliaka,bytes,1.5,',
				`day,2026-11-01,"Data, transferred",'=otieno,bytes,5,`,
				'day,2026-11-01,"Data, transferred",naliaka,bytes,1.5,',
				'day,2026-11-01,"Data, transferred",,bytes,6.5,',
				`day,2026-11-02,"Data, transferred",'=otieno,bytes,,`,
				'day,2026-11-02,"Data, transferred",naliaka,bytes,,',
				'day,2026-11-02,"Data, transferred",,bytes,,4',
				''
			].join('\r\n')
		);
	});

	it('holds the same rows as JSON', async () => {
		const rows: unknown = JSON.parse(await text(jsonPieces(exploreRows(view, '2026-11-01'))));
		expect(rows).toEqual([...exploreRows(view, '2026-11-01')]);
		expect(JSON.parse(await text(jsonPieces([])))).toEqual([]);
	});
});
