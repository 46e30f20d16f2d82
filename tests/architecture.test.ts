import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

// The rules of ARCHITECTURE.md, "Who may import whom". A rule that stands only in a document is broken
// within a month; each of these also has a case below that proves that it notices.

const root = fileURLToPath(new URL('..', import.meta.url));

interface Source {
	/** Path from the root of the project. */
	path: string;
	text: string;
}

function sources(folder: string): Source[] {
	return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
		.filter(
			(entry) =>
				entry.isFile() && /\.(ts|js|svelte)$/.test(entry.name) && !/\.test\.ts$/.test(entry.name)
		)
		.map((entry) => relative(root, join(entry.parentPath, entry.name)))
		.filter((path) => !path.startsWith('src/lib/paraglide/'))
		.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

const aliases: [RegExp, string][] = [
	[/^#lib\//, 'src/lib/'],
	[/^#server\//, 'src/server/'],
	[/^#api\//, 'src/api/'],
	[/^#sdk$/, 'sdk/index.ts']
];

/** What a file imports: paths from the root for ours, package names for the rest. */
function importsOf({ path, text }: Source): string[] {
	const found = [
		...text.matchAll(
			/(?:^|[\s;}])(?:import|export)\s*(?:[\w*{}\s,$]*?\sfrom\s*)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g
		)
	];
	return found.map((match) => {
		const name = match[1] ?? match[2] ?? '';
		if (name.startsWith('.')) return relative(root, resolve(root, dirname(path), name));
		for (const [alias, folder] of aliases) if (alias.test(name)) return name.replace(alias, folder);
		return name;
	});
}

const moduleOf = (path: string): string | null =>
	/^src\/server\/modules\/([^/]+)\//.exec(path)?.[1] ?? null;
const isPackage = (name: string): boolean =>
	!/^(src|sdk|bin|seeds|tests|examples|bench|build)\//.test(name);
const isSvelteKit = (name: string): boolean =>
	name.startsWith('@sveltejs/') ||
	name.startsWith('$app/') ||
	name === 'svelte' ||
	name.startsWith('svelte/');
const isHono = (name: string): boolean =>
	name === 'hono' ||
	name.startsWith('hono/') ||
	name.startsWith('hono-') ||
	name.startsWith('@hono/');

/** Why a file may not import this, or null when it may. */
function refusal(from: string, to: string): string | null {
	const target = moduleOf(to);
	const own = moduleOf(from);
	if (target && target !== own && to !== `src/server/modules/${target}/index.ts`)
		return 'only the index.ts of another module';
	if (from.startsWith('src/server/platform/')) {
		if (!isPackage(to) && !to.startsWith('src/server/platform/'))
			return 'platform imports nothing of ours';
		if (isSvelteKit(to) || isHono(to)) return 'platform knows no web framework';
	}
	if (own) {
		if (isSvelteKit(to) || isHono(to)) return 'a module knows no web framework';
		if (!isPackage(to) && !to.startsWith('src/server/platform/') && !target)
			return 'a module imports platform and other modules';
	}
	if (from.startsWith('src/lib/') && !isPackage(to) && !to.startsWith('src/lib/'))
		return 'lib imports only lib';
	if (from.startsWith('src/api/')) {
		if (isSvelteKit(to)) return 'the API does not know SvelteKit';
		if (
			!isPackage(to) &&
			!to.startsWith('src/api/') &&
			!to.startsWith('src/server/platform/') &&
			!target
		)
			return 'the API imports platform and modules';
	}
	if (from.startsWith('src/routes/')) {
		const allowed =
			to.startsWith('src/routes/') ||
			to.startsWith('src/server/web/') ||
			to.startsWith('src/lib/') ||
			target;
		if (!isPackage(to) && !allowed) return 'pages import web, modules and lib';
	}
	if (/^(sdk|examples\/products)\//.test(from) && to.startsWith('src/'))
		return 'products and their SDK know the portal only from outside';
	return null;
}

const ours = ['src', 'sdk', 'seeds', 'examples'].flatMap(sources);

describe('who may import whom', () => {
	it('holds everywhere', () => {
		const violations = ours.flatMap((source) =>
			importsOf(source).flatMap((to) => {
				const why = refusal(source.path, to);
				return why ? [`${source.path} imports ${to}: ${why}`] : [];
			})
		);
		expect(violations).toEqual([]);
	});

	it('notices a deep import, a web framework inside a module, and platform that knows a module', () => {
		expect(
			refusal('src/server/modules/usage/events.ts', 'src/server/modules/billing/estimate.ts')
		).not.toBeNull();
		expect(
			refusal('src/routes/(portal)/+page.server.ts', 'src/server/modules/billing/estimate.ts')
		).not.toBeNull();
		expect(refusal('src/server/modules/usage/events.ts', '@sveltejs/kit')).not.toBeNull();
		expect(refusal('src/server/modules/usage/events.ts', 'hono')).not.toBeNull();
		expect(refusal('src/server/modules/usage/events.ts', 'src/routes/x.ts')).not.toBeNull();
		expect(
			refusal('src/server/platform/doors.ts', 'src/server/modules/usage/index.ts')
		).not.toBeNull();
		expect(refusal('src/routes/x.ts', 'src/server/platform/doors.ts')).not.toBeNull();
		expect(refusal('src/lib/ui/X.ts', 'src/server/platform/ids.ts')).not.toBeNull();
		expect(refusal('examples/products/main.ts', 'src/server/platform/ids.ts')).not.toBeNull();
		expect(
			refusal('src/server/modules/usage/events.ts', 'src/server/modules/billing/index.ts')
		).toBeNull();
		const source = {
			path: 'src/server/modules/usage/x.ts',
			text: "import {\n\ta,\n\tb\n} from '../billing/estimate.ts';\nimport './jobs.ts';\nexport { c } from '#server/platform/ids.ts';"
		};
		expect(importsOf(source)).toEqual([
			'src/server/modules/billing/estimate.ts',
			'src/server/modules/usage/jobs.ts',
			'src/server/platform/ids.ts'
		]);
	});

	it('has no cycle between modules', () => {
		const edges = new Map<string, Set<string>>();
		for (const source of ours) {
			const from = moduleOf(source.path);
			if (!from) continue;
			for (const to of importsOf(source).map(moduleOf))
				if (to && to !== from) edges.set(from, (edges.get(from) ?? new Set()).add(to));
		}
		expect(findCycle(edges)).toBeNull();
		expect(
			findCycle(
				new Map([
					['a', new Set(['b'])],
					['b', new Set(['c'])],
					['c', new Set(['a'])]
				])
			)
		).toEqual(['a', 'b', 'c', 'a']);
	});

	it('keeps the order of modules that ARCHITECTURE.md draws', () => {
		const drawn = /each imports only from rows above[^`]*```\n([\s\S]*?)```/.exec(
			readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
		)?.[1];
		const rows = (drawn ?? '')
			.trim()
			.split('\n')
			.map((row) => row.trim().split(/\s+/));
		const rowOf = (module: string) => rows.findIndex((row) => row.includes(module));
		expect(rows.flat().sort()).toEqual(readdirSync(join(root, 'src/server/modules')).sort());
		const upwards = ours.flatMap((source) =>
			importsOf(source).flatMap((to) => {
				const [from, target] = [moduleOf(source.path), moduleOf(to)];
				if (!from || !target || from === target || rowOf(target) < rowOf(from)) return [];
				return [`${source.path} imports ${target}`];
			})
		);
		expect(upwards).toEqual([]);
		expect(rowOf('billing')).toBeGreaterThan(rowOf('ledger'));
	});

	it('lets documents be issued by closing and the desk, the API, commands and the story alone', () => {
		const issues =
			/\b(issueInvoices?|issueInvoiceDraft|issueCreditNote|takeNumbers|postAll|post)\b/;
		const importing = ours.filter(
			({ path, text }) =>
				moduleOf(path) !== 'billing' &&
				[
					...text.matchAll(/import\s*\{([^}]*)\}\s*from\s*'[^']*\/(?:billing|ledger)\/index\.ts'/g)
				].some(([, names]) => issues.test(names ?? ''))
		);
		expect(
			[
				...new Set(
					importing.map(({ path }) => moduleOf(path) ?? /^(?:src\/)?(\w+)\//.exec(path)?.[1])
				)
			].sort()
		).toEqual([
			'api',
			'closing',
			'commands',
			'desk',
			// It takes numbers of receipts, and posts what came in.
			'payments',
			'seeds'
		]);
	});

	it('lets only doors mint and end scopes', () => {
		const users = ours
			.filter(
				({ path, text }) =>
					/\b(mintScope|endScope)\b/.test(text) && !path.startsWith('src/server/platform/')
			)
			.map(({ path }) => path);
		expect(users).toEqual([]);
	});
});

function findCycle(edges: Map<string, Set<string>>): string[] | null {
	const done = new Set<string>();
	const visit = (node: string, trail: string[]): string[] | null => {
		const at = trail.indexOf(node);
		if (at >= 0) return [...trail.slice(at), node];
		if (done.has(node)) return null;
		for (const next of edges.get(node) ?? []) {
			const cycle = visit(next, [...trail, node]);
			if (cycle) return cycle;
		}
		done.add(node);
		return null;
	};
	for (const node of edges.keys()) {
		const cycle = visit(node, []);
		if (cycle) return cycle;
	}
	return null;
}

describe('whose tables', () => {
	const schemas = readdirSync(join(root, 'src/server/modules'));
	/** Another module's tables that this text names, in SQL or through the query builder. */
	const foreignTables = ({ path, text }: Source): string[] => {
		const own = moduleOf(path);
		const names = text
			.replace(/^\s*(?:\/\/|\*|import\b).*$/gm, '')
			.matchAll(
				new RegExp(
					`\\b(?:from|join|into|update|table|insertInto|selectFrom|innerJoin|leftJoin|updateTable|deleteFrom|using|references)\\b[\\s('"\`]*(${schemas.join('|')})\\.([a-z_]+)`,
					'gi'
				)
			);
		return [...names]
			.filter(([, schema]) => schema !== own)
			.map(([, schema, table]) => `${path} names ${schema ?? ''}.${table ?? ''}`);
	};

	it('no module names the tables of another, and pages and API name none', () => {
		const inside = ours.filter(({ path }) =>
			/^(src\/(server\/modules|server\/web|routes|api|oidc)|seeds)\//.test(path)
		);
		expect(inside.flatMap(foreignTables)).toEqual(ALLOWED);
	});

	it('notices them', () => {
		expect(
			foreignTables({
				path: 'src/server/modules/usage/x.ts',
				text: 'sql`select a from billing.invoices`'
			})
		).toHaveLength(1);
		expect(
			foreignTables({
				path: 'src/server/modules/usage/x.ts',
				text: "db.selectFrom('billing.invoices as i')"
			})
		).toHaveLength(1);
		expect(
			foreignTables({ path: 'src/routes/x.ts', text: "db.insertInto('usage.events')" })
		).toHaveLength(1);
		expect(
			foreignTables({
				path: 'src/server/modules/usage/x.ts',
				text: "db.insertInto('usage.events')"
			})
		).toHaveLength(0);
	});
});

/** Names of other modules' tables that are agreed; there are none. */
const ALLOWED: string[] = [];

describe('what pages may say', () => {
	it('prints raw HTML nowhere', () => {
		expect(
			ours
				.filter(({ path, text }) => path.endsWith('.svelte') && text.includes('{@html'))
				.map(({ path }) => path)
		).toEqual([]);
	});
	it('says every message somewhere', () => {
		const text = readFileSync(join(root, 'messages/en.json'), 'utf8');
		const names = Object.keys(JSON.parse(text) as object).filter((name) => !name.startsWith('$'));
		const said = new Set(
			ours.flatMap(({ text }) => [...text.matchAll(/\bm\.([a-z0-9_]+)/g)].map(([, name]) => name))
		);
		expect(names.filter((name) => !said.has(name))).toEqual([]);
	});

	it('has no inline style, which the content security policy would block', () => {
		expect(
			ours
				.filter(
					({ path, text }) =>
						path.endsWith('.svelte') &&
						/\sstyle(=|:)/.test(text.replace(/<style[\s\S]*<\/style>/, ''))
				)
				.map(({ path }) => path)
		).toEqual([]);
	});
});
