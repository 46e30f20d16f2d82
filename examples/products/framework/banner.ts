import { dayWords, html, type Html } from './html.ts';
import type { Frame } from './layout.ts';
import type { Mode, Standing } from './standings.ts';

/** A word on how the subscription stands; none while there is nothing to say. */
export function bannerOf(
	{ slug, name, portalUrl }: Frame,
	business: string,
	standing: Standing,
	mode: Mode
): Html | null {
	const { status, endsAt } = standing;
	const why = html`<a href="${portalUrl}/products/${slug}">See why</a>`;
	if (mode !== 'full' && status !== 'suspended')
		return banner(
			'strong',
			mode === 'export_only'
				? html`A limit that ${business} set for ${name} is reached. For now only exports are open.
					${why}`
				: html`A limit that ${business} set for ${name} is reached. For now you can look and export,
					and change nothing. ${why}`
		);
	const bill = html`<a href="${portalUrl}/billing">Open billing</a>`;
	if (mode === 'read_only')
		return banner(
			'strong',
			endsAt
				? html`The subscription of ${business} is suspended. You can look and export until
					${moment(endsAt)}; then ${name} closes. ${bill}`
				: html`The subscription of ${business} is suspended. You can look and export, and change
					nothing until the bill is paid. ${bill}`
		);
	if (mode === 'export_only')
		return banner(
			'strong',
			html`The subscription of ${business} is suspended. Until the bill is paid only exports are
			open. ${bill}`
		);
	if (status === 'past_due')
		return banner(
			'',
			html`A bill for ${name} is overdue. Please pay it, so that everything stays open. ${bill}`
		);
	if (status === 'trial')
		return banner(
			'',
			html`You are trying ${name}${endsAt && html` until ${moment(endsAt)}`}.
				<a href="${portalUrl}/products/${slug}">See plans</a>`
		);
	return null;
}

const banner = (kind: string, words: Html): Html =>
	html`<aside class="banner ${kind}" aria-label="Subscription"><p>${words}</p></aside>`;

const moment = (at: Date): Html =>
	html`<time datetime="${at.toISOString()}">${dayWords(at.toISOString())}</time>`;
