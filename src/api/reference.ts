import { html, raw } from 'hono/html';
import { meanings, titles, type Code } from './codes.ts';
import type { OpenApi } from './documents.ts';
import type { Noun } from './noun.ts';

type Html = ReturnType<typeof html>;

/** The few words of JSON Schema that our schemas use. */
interface Schema {
	$ref?: string;
	type?: string;
	const?: unknown;
	format?: string;
	description?: string;
	properties?: Record<string, Schema>;
	required?: string[];
	items?: Schema;
	anyOf?: Schema[];
	maxItems?: number;
}

interface Operation {
	operationId: string;
	summary: string;
	description: string;
	tags: string[];
	parameters?: { in: string; name: string; description: string; example: string }[];
	requestBody?: { content: Record<string, { schema: Schema; example: unknown }> };
	responses: Record<
		string,
		{ description: string; content: Record<string, { schema: Schema; example?: unknown }> }
	>;
}

/** The readable side of the OpenAPI document: one page, no script. */
export function drawReference(description: OpenApi, nouns: readonly Noun[]): Html {
	const base = description.servers?.[0]?.url ?? '';
	const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
		Object.entries(methods ?? {}).map(([method, operation]) => ({
			path,
			method: method.toUpperCase(),
			operation: operation as unknown as Operation
		}))
	);
	const schemas = (description.components?.schemas ?? {}) as Record<string, Schema>;
	return html`<!doctype html>
		<html lang="en">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta name="color-scheme" content="light dark" />
				<title>${description.info.title}</title>
				<link rel="stylesheet" href="docs/reference.css" />
			</head>
			<body>
				<a class="skip" href="#content">Skip to the content</a>
				<header>
					<h1>${description.info.title}</h1>
					<p>${words(description.info.description ?? '')}</p>
					<p>
						Every request carries your product’s API key:
						<code>Authorization: Bearer evk_…</code>. For programs, all this as
						<a href="openapi.json">OpenAPI 3.1</a>.
					</p>
				</header>
				<div class="columns">
					<nav aria-label="Contents">
						<ul>
							${operations.map(
								({ operation }) =>
									html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`
							)}
							<li><a href="#problems">Problems</a></li>
						</ul>
					</nav>
					<main id="content">
						${nouns.map(
							({ name, description: of }) =>
								html`<h2>${name}</h2>
									<p>${words(of)}</p>
									${operations
										.filter(({ operation }) => operation.tags.includes(name))
										.map((one) => drawOperation(one, base, schemas))}`
						)}
						<h2 id="problems">Problems</h2>
						<p>
							A failure is <code>application/problem+json</code>. Its <code>code</code> is stable;
							<code>errors</code> names each fault of a batch with its position.
						</p>
						<dl>
							${(Object.keys(titles) as Code[]).map(
								(code) =>
									html`<div id="${code}">
										<dt><code>${code}</code> ${titles[code]}</dt>
										<dd>${words(meanings[code])}</dd>
									</div>`
							)}
						</dl>
					</main>
				</div>
			</body>
		</html>`;
}

function drawOperation(
	{ path, method, operation }: { path: string; method: string; operation: Operation },
	base: string,
	schemas: Record<string, Schema>
): Html {
	const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
	const content = Object.entries(requestBody?.content ?? {});
	const ok = responses['200']?.content['application/json'];
	const address = base + addressOf(path, parameters);
	return html`<section aria-labelledby="${operationId}">
		<h3 id="${operationId}">${summary}</h3>
		<p class="route"><code>${method} ${path}</code></p>
		<p>${words(description)}</p>
		${drawParameters(parameters)}
		${
			content.length > 0
				? ''
				: html`<pre
						tabindex="0"
						aria-label="Example of a request"
					><code>${curl(method, address)}</code></pre>`
		}
		${content.map(([type, { schema, example }]) => {
			const headers = parameters.filter(
				(parameter) => parameter.in === 'header' && parameter.description.endsWith(`${type}.`)
			);
			return html`<h4>${type}</h4>
				${drawFields(schema, schemas)}
				<pre
					tabindex="0"
					aria-label="Example of ${type}"
				><code>${curl(method, address, { type, headers, example })}</code></pre>`;
		})}
		<h4>Answer</h4>
		${ok && drawFields(ok.schema, schemas)}
		<pre
			tabindex="0"
			aria-label="Example of an answer"
		><code>${JSON.stringify(ok?.example, null, 2)}</code></pre>
		<h4>Problems</h4>
		<ul class="problems">
			${Object.entries(responses)
				.filter(([status]) => status !== '200')
				.map(
					([status, { description: of }]) =>
						html`<li>
							<strong>${status}</strong>
							${[...of.matchAll(/`(\w+)`/g)].map(
								([, code = '']) => html`<a href="#${code}"><code>${code}</code></a> `
							)}
						</li>`
				)}
		</ul>
	</section>`;
}

/** What stands in the address; headers stand with the body that they belong to. */
function drawParameters(parameters: NonNullable<Operation['parameters']>): Html | string {
	const shown = parameters.filter((parameter) => parameter.in !== 'header');
	if (shown.length === 0) return '';
	return html`<table>
		<thead>
			<tr>
				<th scope="col">In the address</th>
				<th scope="col">Meaning</th>
			</tr>
		</thead>
		<tbody>
			${shown.map(
				({ name, description }) =>
					html`<tr>
						<th scope="row"><code>${name}</code></th>
						<td>${words(description)}</td>
					</tr>`
			)}
		</tbody>
	</table>`;
}

/** An address with its parameters filled in. */
function addressOf(path: string, parameters: NonNullable<Operation['parameters']>): string {
	const query = new URLSearchParams();
	let filled = path;
	for (const { in: where, name, example } of parameters) {
		if (where === 'path') filled = filled.replace(`{${name}}`, () => encodeURIComponent(example));
		if (where === 'query') query.set(name, example);
	}
	return query.size > 0 ? `${filled}?${query}` : filled;
}

function drawFields(schema: Schema, schemas: Record<string, Schema>): Html | string {
	const { schema: found, list } = resolve(schema, schemas);
	const fields = Object.entries(found.properties ?? {});
	if (fields.length === 0) return '';
	return html`${list ? html`<p>A list of:</p>` : ''}
		<table>
			<thead>
				<tr>
					<th scope="col">Field</th>
					<th scope="col">Type</th>
					<th scope="col">Meaning</th>
				</tr>
			</thead>
			<tbody>
				${fields.map(
					([name, field]) =>
						html`<tr>
							<th scope="row">
								<code>${name}</code>${
									found.required?.includes(name) ? '' : html` <small>optional</small>`
								}
							</th>
							<td>${typeOf(resolve(field, schemas).schema)}</td>
							<td>
								${words(resolve(field, schemas).schema.description ?? field.description ?? '')}
							</td>
						</tr>`
				)}
			</tbody>
		</table>`;
}

/** Through references, lists and alternatives, to the schema that has the fields. */
function resolve(
	schema: Schema,
	schemas: Record<string, Schema>,
	list = false
): { schema: Schema; list: boolean } {
	const name = schema.$ref?.split('/').at(-1);
	if (name && schemas[name]) return resolve(schemas[name], schemas, list);
	if (schema.items?.$ref) return resolve(schema.items, schemas, true);
	const [first] = schema.anyOf?.filter(({ type }) => type !== 'null') ?? [];
	return first ? resolve({ ...schema, ...first, anyOf: [] }, schemas, list) : { schema, list };
}

function typeOf({ type, const: constant, format }: Schema): string {
	if (constant !== undefined) return JSON.stringify(constant);
	return format ?? type ?? 'any JSON';
}

function curl(
	method: string,
	address: string,
	body?: { type: string; headers: { name: string; example: string }[]; example: unknown }
): string {
	const authorization = "-H 'Authorization: Bearer evk_…'";
	const lines = body
		? [
				`curl -X ${method} ${address}`,
				authorization,
				`-H 'Content-Type: ${body.type}'`,
				...body.headers.map(({ name, example: value }) => `-H '${name}: ${value}'`),
				`-d '${JSON.stringify(body.example, null, 2)}'`
			]
		: [`curl '${address}'`, authorization];
	return lines.join(' \\\n  ');
}

/** Text in which `backticks` mark code. */
function words(text: string): Html[] {
	return text
		.split('`')
		.map((part, index) =>
			index % 2 === 1 ? html`<code>${part}</code>` : html`${raw(escape(part))}`
		);
}

function escape(text: string): string {
	return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
