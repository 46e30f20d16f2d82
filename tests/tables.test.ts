import { readFileSync, writeFileSync } from 'node:fs';
import { inject, expect, it } from 'vitest';
import { generateTables, tablesFile } from './setup/tables.ts';

it('the types of the tables are those of the migrations (npm run tables writes them anew)', () => {
	const fresh = generateTables(inject('database'));
	if (process.env['EVOLVE_WRITE_TABLES']) writeFileSync(tablesFile, fresh);
	expect(readFileSync(tablesFile, 'utf8')).toBe(fresh);
});
