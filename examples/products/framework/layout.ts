import type { Person } from './application.ts';
import { html, type Html } from './html.ts';
import type { Contact } from './standings.ts';

export interface Frame {
	slug: string;
	name: string;
	portalUrl: string;
}

/** A page that the navigation leads to: `Stock › Receipts`. */
export interface Way {
	path: string;
	nav: string;
}

/** Somebody signed in, and what of the product is theirs. */
export interface Signed {
	person: Person;
	/** The name of their role. */
	role: string;
	ways: Way[];
	contact: Contact | null | undefined;
	/** How the subscription stands, where that is worth a word. */
	banner: Html | null;
}

export interface Shown {
	title: string;
	body: Html;
	signed?: Signed | undefined;
	/** Where one is, outermost first, and its path. */
	label?: string;
	path?: string;
	/** What has just been done. */
	done?: string | undefined;
	/** What is wrong with what was sent, said first: the fields may be far below. */
	problems?: { field: string | null; words: string }[];
}

export function draw(frame: Frame, shown: Shown): string {
	const { signed } = shown;
	return html`<!doctype html>
		<html lang="en-KE">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta name="color-scheme" content="light dark" />
				<title>${shown.problems && 'Not saved: '}${shown.title} · ${frame.name}</title>
				<link rel="icon" href="/icon.svg" type="image/svg+xml" />
				<link rel="stylesheet" href="/style.css" />
			</head>
			<body class="${frame.slug}">
				<a class="skip" href="#main">Skip to the page</a>
				${signed && bar(frame, signed, shown)}
				<main id="main" tabindex="-1">
					${signed?.banner} ${signed && crumbs(signed.ways, shown.label ?? '')}
					<h1>${shown.title}</h1>
					${shown.done && html`<p class="done" role="status">${shown.done}</p>`}
					${shown.problems && summary(shown.problems)}${shown.body}
				</main>
				${signed && foot(frame, signed)}
			</body>
		</html>`.markup.replaceAll(/\s*\n\s*/g, '\n');
}

const partsOf = (label: string): string[] => label.split(' › ');
const sectionOf = ({ nav }: Way): string => partsOf(nav)[0] ?? nav;

function bar(frame: Frame, { person, role, ways }: Signed, { path = '', label = '' }: Shown): Html {
	const section = currentSection(ways, path, label);
	const inside = ways.filter((way) => sectionOf(way) === section);
	const first = ways.filter(
		(way, n) => ways.findIndex((other) => sectionOf(other) === sectionOf(way)) === n
	);
	return html`<header>
		<div class="top">
			<a class="name" href="/"
				><img src="/icon.svg" alt="" width="24" height="24" />${frame.name}</a
			>
			<span class="business">${person.business.name}</span>
			<a class="portal" href="${frame.portalUrl}/">Evolve Business</a>
			<form method="post" action="/sign-out">
				<button class="quiet" title="Signed in as ${person.name}, ${role}">
					Sign out <span class="wide muted">${person.name}</span>
				</button>
			</form>
		</div>
		<nav class="sections" aria-label="${frame.name}">
			${first.map(
				(way) =>
					html`<a
						href="${way.path}"
						${sectionOf(way) === section && html`aria-current="${way.path === path ? 'page' : 'true'}"`}
						>${sectionOf(way)}</a
					>`
			)}
		</nav>
		${
			inside.length > 1 &&
			html`<nav class="inside" aria-label="${section}">
				${inside.map(
					(way) =>
						html`<a href="${way.path}" ${way.path === path && html`aria-current="page"`}
							>${partsOf(way.nav).at(-1)}</a
						>`
				)}
			</nav>`
		}
	</header>`;
}

/** By the longest path above the page, or by its label: a payslip belongs to the pay runs. */
function currentSection(ways: Way[], path: string, label: string): string | undefined {
	const above = ways
		.filter((way) => path === way.path || (way.path !== '/' && path.startsWith(`${way.path}/`)))
		.toSorted((one, other) => other.path.length - one.path.length)[0];
	const named = ways.find((way) => sectionOf(way) === partsOf(label)[0]);
	return (above ?? named) && sectionOf((above ?? named) as Way);
}

function crumbs(ways: Way[], label: string): Html | false {
	const parts = partsOf(label);
	if (parts.length < 2) return false;
	const way = ways.find((each) => sectionOf(each) === parts[0]);
	return html`<nav class="crumbs" aria-label="Where you are">
		<ol>
			${parts.map((part, n) => {
				const isLast = n === parts.length - 1;
				return html`<li ${isLast && html`aria-current="page"`}>
					${n === 0 && way ? html`<a href="${way.path}">${part}</a>` : part}
				</li>`;
			})}
		</ol>
	</nav>`;
}

function foot(frame: Frame, { person, role, contact }: Signed): Html {
	return html`<footer>
		<p>
			${
				contact &&
				html`Ask ${contact.name || 'your contact'} about ${frame.name} at
				${person.business.name}${reachable(contact)}.`
			}
			${
				contact === null &&
				html`Nobody at ${person.business.name} is named to ask about ${frame.name} yet.`
			}
			<a href="${frame.portalUrl}/support/new?product=${frame.slug}">Ask Lixnet</a>
		</p>
		<p class="muted">You are ${person.name}, ${role}.</p>
	</footer>`;
}

function reachable({ email, phone }: Contact): Html {
	return html`${email && html`, <a href="mailto:${email}">${email}</a>`}${phone && html`, ${phone}`}`;
}

function summary(problems: NonNullable<Shown['problems']>): Html {
	return html`<div class="wrong" role="alert">
		<p>Not saved:</p>
		<ul>
			${problems.map(
				({ field, words }) =>
					html`<li>${field ? html`<a href="#${field}">${words}</a>` : words}</li>`
			)}
		</ul>
	</div>`;
}

/** What is the matter, and a way on. */
export function message(words: Html | string, way: { href: string; words: string }): Html {
	return html`<p>${words}</p>
		<p><a class="button" href="${way.href}">${way.words}</a></p>`;
}
