import { expect, it } from 'vitest';
import { linesOf, resourcesOf, resourcesText, toLine } from './lines.ts';

it('takes the lines that say something', () => {
	expect(linesOf(' https://a.example/ \r\n\n\thttps://b.example/\n')).toEqual([
		'https://a.example/',
		'https://b.example/'
	]);
	expect(linesOf(' \r\n')).toEqual([]);
});

it('reads a link as its name and its address, and writes it likewise', () => {
	const resources = [
		{ label: 'User guide', url: 'https://docs.example/guide' },
		{ label: 'Training', url: 'https://docs.example/training' }
	];
	expect(resourcesOf(resourcesText(resources))).toEqual(resources);
	// Left for the schema to refuse.
	expect(resourcesOf('https://docs.example/')).toEqual([
		{ label: '', url: 'https://docs.example/' }
	]);
});

it.each([
	['redirectUrls.0', 'redirectUrls', 'Line 1: wrong'],
	['resources.2.url', 'resources', 'Line 3: wrong'],
	['loginUrl', 'loginUrl', 'wrong'],
	['', '', 'wrong']
])('tells what is wrong with %s at %s', (path, field, message) => {
	expect(toLine({ path, message: 'wrong' })).toEqual({ path: field, message });
});
