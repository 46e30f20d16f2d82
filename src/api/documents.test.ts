import { readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setRuntime, type Runtime } from '#server/platform/runtime.ts';
import { createApi, nouns } from './app.ts';
import { meanings, titles } from './codes.ts';
import { operations, templateOf } from './noun.ts';
import { Problem } from './problem.ts';

interface Content {
	schema: object;
	example?: unknown;
}
interface Described {
	openapi: string;
	paths: Record<
		string,
		Record<
			string,
			{
				operationId: string;
				security: object[];
				tags: string[];
				parameters?: { in: string; name: string }[];
				requestBody?: { content: Record<string, Content> };
				responses: Record<string, { description: string; content: Record<string, Content> }>;
			}
		>
	>;
	components: { schemas: Record<string, object> };
}

let api: ReturnType<typeof createApi>;
let described: Described;
let page: string;

beforeAll(async () => {
	// All that the documents ask of where they run.
	setRuntime({ publicUrl: 'http://localhost:3000' } as Runtime);
	api = createApi();
	described = (await (await api.request('/api/v1/openapi.json')).json()) as Described;
	page = await (await api.request('/api/v1/docs')).text();
});
afterAll(() => {
	setRuntime(null);
});

describe('the OpenAPI document', () => {
	it('is of version 3.1 and has every route that a product can call', () => {
		expect(described.openapi).toBe('3.1.0');
		const routes = nouns.flatMap(({ name, routes: { routes } }) =>
			routes.map(({ method, path }) => ({
				method: method.toLowerCase(),
				path: `/api/v1${templateOf(path)}`,
				name
			}))
		);
		expect(routes.length).toBeGreaterThanOrEqual(2);
		for (const { method, path, name } of routes) {
			const operation = described.paths[path]?.[method];
			expect(operation?.tags, `${method} ${path}`).toEqual([name]);
			const { scope, alsoFor } = operations.get(operation?.operationId ?? '') ?? {};
			expect(operation?.security).toEqual([
				...(scope ? [] : [{ key: [] }]),
				...((scope ?? alsoFor) ? [{ integrator: [] }] : [])
			]);
			const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
			const parameters = operation?.parameters?.filter((parameter) => parameter.in === 'path');
			expect(
				parameters?.map((parameter) => parameter.name),
				path
			).toEqual(named);
		}
		const count = Object.values(described.paths).flatMap((methods) => Object.keys(methods)).length;
		expect(count).toBe(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size);
	});

	it('names nothing that it does not have', () => {
		const references = JSON.stringify(described).matchAll(
			/"\$ref":"#\/components\/schemas\/(\w+)"/g
		);
		const names = [...references].map(([, name = '']) => name);
		expect(names).toContain('CloudEvent');
		for (const name of names) expect(described.components.schemas, name).toHaveProperty(name);
	});

	it('tells a status and its codes for every failure', () => {
		for (const { responses } of Object.values(described.paths).flatMap((path) =>
			Object.values(path)
		)) {
			const codes = Object.entries(responses).flatMap(([status, { description, content }]) => {
				if (status === '200') return [];
				expect(content).toHaveProperty(['application/problem+json']);
				return [...description.matchAll(/`(\w+)`/g)].map(([, code = '']) => code);
			});
			expect(codes).toContain('unknown_key');
			for (const code of codes) expect(titles).toHaveProperty(code);
		}
	});
});

describe('examples', () => {
	it('are taken by the schemas that check requests and answers', () => {
		const all = [...operations.values()];
		expect(all.length).toBeGreaterThanOrEqual(2);
		for (const { id, takes, gives } of all) {
			for (const [type, { schema, example }] of Object.entries(takes ?? {}))
				expect(v.safeParse(schema, example).issues, `${id} ${type}`).toBeUndefined();
			expect(v.safeParse(gives.schema, gives.example).issues, id).toBeUndefined();
		}
	});
});

describe('codes', () => {
	it('are all explained, and every one that the sources throw is among them', () => {
		expect(Object.keys(meanings).sort()).toEqual(Object.keys(titles).sort());
		const folders = ['../api', '../api/cloudevents', '../server/modules/usage'];
		const thrown = folders.flatMap((folder) =>
			readdirSync(new URL(`${folder}/`, import.meta.url))
				.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
				.flatMap((name) => {
					const text = readFileSync(new URL(`${folder}/${name}`, import.meta.url), 'utf8');
					return [
						...text.matchAll(/(?:code: |fault\(\s*|Unauthorized\(\s*|Expected\(\d+, )'([a-z_]+)'/g)
					].map(([, code = '']) => code);
				})
		);
		expect(thrown.length).toBeGreaterThan(20);
		for (const code of thrown) expect(titles).toHaveProperty(code);
	});

	it('stand in docs/api.md and on the page, where a problem’s type leads', () => {
		const guide = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
		for (const code of Object.keys(titles)) {
			expect(guide, code).toContain(`\`${code}\``);
			expect(page).toContain(`id="${code}"`);
		}
	});

	it('come in the shape that is described', async () => {
		const answer = await api.request('/api/v1/events', { method: 'POST' });
		expect(v.is(Problem, await answer.json())).toBe(true);
	});
});

describe('the page', () => {
	it('shows every operation, its examples and its answers, without a script', () => {
		for (const { id, summary, takes } of operations.values()) {
			expect(page).toContain(`id="${id}"`);
			expect(page).toContain(summary);
			for (const type of Object.keys(takes ?? {})) expect(page).toContain(`Content-Type: ${type}`);
		}
		expect(page).toContain('curl -X POST http://localhost:3000/api/v1/events');
		expect(page).toMatch(
			/curl &#39;http:\/\/localhost:3000\/api\/v1\/entitlements\?business=biz_\w+&#39;/
		);
		expect(page).toMatch(/curl -X POST http:\/\/localhost:3000\/api\/v1\/exports\/exp_\w+/);
		expect(page).not.toMatch(/<script|\son\w+=|\sstyle=|javascript:/i);
		for (const [, id = ''] of page.matchAll(/href="#([^"]+)"/g))
			expect(page).toContain(`id="${id}"`);
	});

	it('loads its style sheet from us and nothing else', async () => {
		const response = await api.request('/api/v1/docs');
		const policy = response.headers.get('content-security-policy');
		expect(policy).toContain("default-src 'none'");
		expect(policy).not.toContain('unsafe');
		const sheet = await api.request('/api/v1/docs/reference.css');
		expect(sheet.headers.get('content-type')).toMatch(/^text\/css/);
		expect(page.match(/(?:src|href)="https?:/g)).toBeNull();
	});

	it('writes what came from descriptions as text', () => {
		expect(page).not.toContain('<source>');
		expect(page.match(/&(?!amp;|lt;|gt;|quot;|#\d+;)/g)).toBeNull();
	});
});
