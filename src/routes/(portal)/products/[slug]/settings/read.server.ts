import { error } from '@sveltejs/kit';
import { roleName } from '#lib/i18n/roles.ts';
import { m } from '#lib/paraglide/messages.js';
import { listMembers } from '#server/modules/businesses/index.ts';
import {
	listProductExports,
	listProductPlaces,
	listProductRoles
} from '#server/modules/catalogue/index.ts';
import {
	listAccesses,
	listAccessRequests,
	listExports,
	readLauncher,
	type Export
} from '#server/modules/launch/index.ts';
import { mayDo, type MemberScope } from '#server/web/page.ts';
import { initialsOf } from '#server/web/shell.ts';
import { readProducts } from '../../../parts/products.server.ts';
import { askAddress } from '../../offers.ts';
import { roleWords, viewRequests, viewRoles } from '../people.server.ts';
import { viewAsk } from '../read.server.ts';
import type { ExportView, LandingView, SettingsView } from './view.ts';

export async function readSettings(scope: MemberScope, slug: string): Promise<SettingsView> {
	const { actor, now } = scope;
	const [launcher, { own }, accesses, members, roles, places, kinds, exports, asked] =
		await Promise.all([
			readLauncher(scope, { slug }),
			readProducts(scope),
			listAccesses(scope, { product: slug }),
			listMembers(scope, {}),
			listProductRoles(scope, { product: slug }),
			listProductPlaces(scope, { product: slug }),
			listProductExports(scope, { product: slug }),
			listExports(scope, { product: slug }),
			listAccessRequests(scope, { product: slug })
		]);
	const product = own.find((candidate) => candidate.slug === slug);
	if (!product) error(404, m.products_settings_not_yours(), { code: 'not_found' });
	const nameOf = (id: string): string =>
		members.find(({ personId }) => personId === id)?.name ?? m.products_visit_somebody();

	const people = accesses.flatMap(({ personId, role, grantedAt }) => {
		const member = members.find((candidate) => candidate.personId === personId);
		if (!member) return [];
		return {
			id: personId,
			name: member.name,
			initials: initialsOf(member.name),
			standing: roleName(member.role),
			role,
			roleName: roleWords(role, roles),
			since: grantedAt
		};
	});
	const may = {
		access: mayDo(actor, 'launch.access-manage'),
		settings: mayDo(actor, 'product.settings-change'),
		exports: mayDo(actor, 'export.ask')
	};
	return {
		now,
		zone: actor.timeZone,
		product,
		tab: product.access.allowed ? (launcher.newTab ? 'new' : 'same') : null,
		landing: viewLanding(launcher.settings, places),
		ask: viewAsk(product, launcher, asked, actor.personId, members),
		requests: may.access
			? viewRequests(
					asked.filter(({ answer }) => answer === null),
					members
				)
			: [],
		roles: viewRoles(roles),
		people,
		others: members
			.filter(({ personId }) => !people.some(({ id }) => id === personId))
			.map(({ personId, name }) => ({ id: personId, name })),
		exports: {
			kinds,
			asked: exports.map((one) => viewExport(one, nameOf)),
			closed: launcher.mode === 'closed'
		},
		contact: launcher.settings.contact ?? { name: '', email: '', phone: '' },
		vendor: { email: launcher.product.supportEmail, phone: launcher.product.supportPhone },
		endHref: askAddress(slug, m.products_end_subject({ product: product.name })),
		granters: launcher.granters,
		may
	};
}

function viewLanding(
	{ landing, always }: Awaited<ReturnType<typeof readLauncher>>['settings'],
	places: LandingView['places']
): LandingView {
	const chosen = landing.to === 'place' ? landing.path : landing.to;
	return { chosen, label: landing.to === 'place' ? landing.label : null, always, places };
}

function viewExport(
	{ id, name, askedBy, askedAt, status, expired, path, bytes, message, expiresAt }: Export,
	nameOf: (id: string) => string
): ExportView {
	return {
		id,
		name,
		who: nameOf(askedBy),
		askedAt,
		status,
		expired,
		path,
		bytes: bytes === null ? null : Number(bytes),
		message,
		expiresAt
	};
}
