import { readFileSync } from 'node:fs';
import type { Context } from 'koa';

/** Where the pages' style sheet is, under the provider's mount. */
export const sheetPath = '/pages.css';

let sheet: string | undefined;

export function readSheet(): string {
	return (sheet ??= ['../lib/styles/tokens.css', './pages.css']
		.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
		.join('\n'));
}

/** Answers with a whole page; `body` is HTML. */
export function draw(ctx: Context, title: string, body: string): void {
	const theme = ctx.cookies.get('theme', { signed: false });
	const chosen = theme === 'light' || theme === 'dark' ? ` data-theme="${theme}"` : '';
	ctx.type = 'html';
	ctx.body = `<!doctype html>
<html lang="en-KE"${chosen}>
<head>
	<meta charset="utf-8">
	<meta name="viewport" content="width=device-width, initial-scale=1">
	<meta name="color-scheme" content="light dark">
	<title>${safe(title)} · Evolve Business</title>
	<link rel="icon" href="/icon.svg" type="image/svg+xml">
	<link rel="stylesheet" href="/oidc${sheetPath}">
</head>
<body>
	<main>
		<h1>${safe(title)}</h1>
		${body}
	</main>
</body>
</html>`;
}

export function paragraph(words: string): string {
	return `<p>${safe(words)}</p>`;
}

export function actions(...all: string[]): string {
	return `<div class="actions">${all.join('')}</div>`;
}

export function link(words: string, href: string, kind = ''): string {
	return `<a class="${kind}" href="${safe(href)}">${safe(words)}</a>`;
}

export function safe(words: string): string {
	return words.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
