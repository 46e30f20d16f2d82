import {
	FormProblem,
	type Application,
	type Page,
	type Refused,
	type View
} from './application.ts';
import { bannerOf } from './banner.ts';
import type { Books } from './books.ts';
import { Doubles } from './doubles.ts';
import { fieldId } from './forms.ts';
import { html, type Html } from './html.ts';
import { lead, type Asked } from './http.ts';
import { message, type Frame, type Shown, type Signed } from './layout.ts';
import type { Reports } from './reports.ts';
import type { Sayings } from './sayings.ts';
import type { Session } from './sessions.ts';
import { modeAt, type Mode, type Standing, type Standings } from './standings.ts';

export interface PageParts<Book> {
	application: Application<Book>;
	/** The application's, and what every product has. */
	pages: Page<Book>[];
	/** Open while the subscription leaves nothing but exports. */
	exportPaths: readonly string[];
	/** Names of roles by slug. */
	roles: ReadonlyMap<string, string>;
	books: Books<Book>;
	reports: Reports;
	standings: Standings;
	sayings: Sayings;
	frame: Frame;
	origin: string;
	show(asked: Asked, status: number, shown: Shown): number;
}

/** Somebody signed in asks for a page that there is. */
interface Visit<Book> {
	asked: Asked;
	page: Page<Book>;
	view: View<Book>;
	signed: Signed;
	mode: Mode;
	standing: Standing;
}

/** The product's pages and forms, for whoever is signed in and as far as role and subscription go. */
export function createPages<Book>(parts: PageParts<Book>) {
	const { application, frame, show, roles, origin, sayings } = parts;
	const done = new Doubles();

	const sees = (page: Page<Book>, role: string): boolean => page.roles?.includes(role) ?? true;
	const roleName = (role: string): string => roles.get(role) ?? role;

	const visit = (asked: Asked, session: Session, page: Page<Book>, id: string): Visit<Book> => {
		const { person } = session;
		const now = new Date();
		const standing = parts.standings.of(person.business.id);
		const mode = modeAt(standing, now);
		const path = asked.url.pathname;
		const inMode = (at: string): boolean =>
			mode === 'full' || mode === 'read_only' || parts.exportPaths.includes(at);
		const view: View<Book> = {
			book: parts.books.of(person.business),
			person,
			query: asked.url.searchParams,
			path,
			id,
			refused: null,
			now,
			may: (action) => page.actions?.[action]?.roles.includes(person.role) ?? false,
			isOpen: (action) => mode === 'full' || page.actions?.[action]?.leavesBook === true,
			sees: (at) => parts.pages.some((each) => each.path === at && sees(each, person.role))
		};
		const signed: Signed = {
			person,
			role: roleName(person.role),
			ways: parts.pages.flatMap((each) =>
				each.nav && sees(each, person.role) && inMode(each.path)
					? [{ path: each.path, nav: each.nav }]
					: []
			),
			contact: standing.contact,
			banner: bannerOf(frame, person.business.name, standing, mode)
		};
		return { asked, page, view, signed, mode, standing };
	};

	/** Words to somebody whose role does not reach: who can. */
	const refuse = (
		{ asked, signed, standing }: Visit<Book>,
		what: string,
		able: readonly string[]
	): void => {
		const names = standing.people.filter(({ role }) => able.includes(role)).map(({ name }) => name);
		const who =
			names.length > 0
				? `${listed(names.slice(0, 3))} can.`
				: `Somebody who is ${listed(
						able.map((role) => roleName(role)),
						'or'
					)} can.`;
		const words = html`You are ${signed.role} here and cannot ${what}. ${who} An owner or admin of
		${signed.person.business.name} changes roles in Evolve Business.`;
		show(asked, 403, {
			title: 'Not for your role',
			signed,
			body: message(words, { href: '/', words: `Go to ${application.name}` })
		});
	};

	/** Where the subscription does not reach. True when the answer has been given. */
	const shut = ({ asked, page, mode, signed, standing }: Visit<Book>): boolean => {
		const { request, response } = asked;
		if (mode === 'closed') {
			const words =
				standing.status === 'suspended'
					? `${application.name} is closed to ${signed.person.business.name} until the bill is paid. Everything in it is kept.`
					: standing.status === null || standing.status === 'ended'
						? `${signed.person.business.name} has no subscription to ${application.name} any more.`
						: `${application.name} is closed to ${signed.person.business.name} for now: a limit that the business set is reached. Everything in it is kept.`;
			show(asked, 403, {
				title: `${application.name} is closed`,
				signed: { ...signed, ways: [] },
				body: message(words, {
					href: `${frame.portalUrl}/products/${frame.slug}`,
					words: 'See it in Evolve Business'
				})
			});
			return true;
		}
		if (mode !== 'export_only' || parts.exportPaths.includes(page.path)) return false;
		if (request.method === 'GET') {
			lead(response, '/exports');
			return true;
		}
		notChanged(asked, 403, signed, 'Only exports are open until the bill is paid.', '/exports');
		return true;
	};

	const notChanged = (
		asked: Asked,
		status: number,
		signed: Signed,
		words: string,
		href: string
	): void => {
		show(asked, status, {
			title: 'Not changed',
			signed,
			body: message(`${words} Nothing has been changed.`, { href, words: 'Open the page again' })
		});
	};

	const act = (its: Visit<Book>): void => {
		const { asked, page, view, signed, standing } = its;
		const { person } = view;
		const {
			business,
			action: named,
			ticket,
			...fields
		} = Object.fromEntries(new URLSearchParams(asked.body));
		const path = asked.url.pathname;
		if (asked.request.headers.origin !== origin || business !== person.business.id) {
			const words = `You are working for ${person.business.name} now, and this form was opened for another business or elsewhere.`;
			return notChanged(asked, 409, signed, words, path);
		}
		const name = named ?? '';
		const action = Object.hasOwn(page.actions ?? {}, name) ? page.actions?.[name] : undefined;
		if (!action) return notChanged(asked, 409, signed, 'This form is an old one.', path);
		if (!view.may(name)) return refuse(its, action.what, action.roles);
		if (!view.isOpen(name)) {
			const words =
				standing.status === 'suspended'
					? `The subscription of ${person.business.name} is suspended, and nothing can be changed until the bill is paid.`
					: `A limit that ${person.business.name} set is reached, and nothing can be changed for now.`;
			return notChanged(asked, 403, signed, words, path);
		}
		const before = done.find(person.sub, ticket);
		if (before) return lead(asked.response, before);
		try {
			const deed = action.act(view.book, fields, view);
			parts.books.save();
			parts.reports.served(person, person.business, asked.body.length);
			parts.reports.did(person, person.business, deed, {
				count: application.count(view.book),
				bytes: parts.books.bytes(person.business)
			});
			const to = sayings.at(deed.path, deed.done);
			done.add(person.sub, ticket, to);
			lead(asked.response, to);
		} catch (error) {
			if (!(error instanceof FormProblem)) throw error;
			const refused: Refused = { action: name, values: fields, problems: error.fields };
			const label = labelOf(page, view);
			show(asked, 422, {
				title: lastOf(label),
				problems: Object.entries(error.fields).map(([field, words]) => ({
					field: field ? fieldId(name, field) : null,
					words
				})),
				body: page.show({ ...view, refused }) ?? html``,
				signed,
				label,
				path
			});
		}
	};

	/** False where there is no such thing after all. */
	const open = (its: Visit<Book>): boolean => {
		const { asked, page, view, signed } = its;
		const { url } = asked;
		const body: Html | undefined = page.show(view);
		if (!body) return false;
		const label = labelOf(page, view);
		const bytes = show(asked, 200, {
			title: lastOf(label),
			body,
			signed,
			label,
			path: url.pathname,
			done: sayings.of(url.searchParams)
		});
		url.searchParams.delete('done');
		parts.reports.served(view.person, view.person.business, bytes);
		if (!page.isAside) parts.reports.at(view.person, label, url.pathname + url.search);
		return true;
	};

	return {
		find: (path: string) => findPage(parts.pages, path),
		visit,
		/** @returns false where there is no such thing after all */
		serve(asked: Asked, session: Session, page: Page<Book>, id: string): boolean {
			const its = visit(asked, session, page, id);
			const { person } = session;
			if (shut(its)) return true;
			parts.reports.active(person, person.business);
			if (page.roles && !sees(page, person.role)) refuse(its, 'open this page', page.roles);
			else if (asked.request.method === 'POST') act(its);
			else return open(its);
			return true;
		}
	};
}

export type Pages<Book> = ReturnType<typeof createPages<Book>>;

function findPage<Book>(
	pages: Page<Book>[],
	path: string
): { page: Page<Book>; id: string } | undefined {
	for (const page of pages) {
		const [start = '', open] = page.path.split(':');
		if (open === undefined ? page.path === path : new RegExp(`^${start}[\\w-]+$`).test(path))
			return { page, id: open === undefined ? '' : path.slice(start.length) };
	}
	return undefined;
}

function labelOf<Book>({ label }: Page<Book>, view: View<Book>): string {
	return typeof label === 'string' ? label : label(view);
}

const lastOf = (label: string): string => label.split(' › ').at(-1) ?? label;

function listed(words: string[], and = 'and'): string {
	const [last = '', ...others] = words.toReversed();
	return others.length > 0 ? `${others.toReversed().join(', ')} ${and} ${last}` : last;
}
