import { roleName } from '#lib/i18n/roles.ts';
import { m } from '#lib/paraglide/messages.js';
import type { listMembers } from '#server/modules/businesses/index.ts';
import type { ProductRole } from '#server/modules/catalogue/index.ts';
import type { AccessRequest, Device, Visit, Visitor } from '#server/modules/launch/index.ts';
import { initialsOf } from '#server/web/shell.ts';
import { deviceName, deviceOf } from '../../settings/devices.ts';
import type { DeviceView, PersonView, RequestView, RoleView, VisitView } from './view.ts';

type Member = Awaited<ReturnType<typeof listMembers>>[number];

/** Those who may open the product; who has left the business meanwhile is left out. */
export function viewPeople(
	visitors: readonly Visitor[],
	members: readonly Member[],
	roles: readonly ProductRole[]
): PersonView[] {
	return visitors.flatMap(({ personId, role, lastVisitAt, device, userAgent, visits30Days }) => {
		const member = members.find((candidate) => candidate.personId === personId);
		return member
			? [
					{
						id: personId,
						name: member.name,
						initials: initialsOf(member.name),
						role: roleWords(role, roles),
						lastSeen: lastVisitAt,
						device: device && viewDevice(userAgent ?? '', device),
						visits: visits30Days
					}
				]
			: [];
	});
}

export function viewVisits(
	visits: readonly Visit[],
	members: readonly Member[],
	somebody: string
): VisitView[] {
	return visits.map(({ id, personId, device, userAgent, visitedAt }) => {
		const name = members.find((member) => member.personId === personId)?.name ?? somebody;
		return {
			id,
			who: name,
			initials: initialsOf(name),
			at: visitedAt,
			device: viewDevice(userAgent, device)
		};
	});
}

export function viewRequests(
	requests: readonly AccessRequest[],
	members: readonly Member[]
): RequestView[] {
	return requests.flatMap(({ id, personId, note, askedAt }) => {
		const member = members.find((candidate) => candidate.personId === personId);
		return member
			? [
					{
						id,
						personId,
						name: member.name,
						initials: initialsOf(member.name),
						standing: roleName(member.role),
						note,
						askedAt
					}
				]
			: [];
	});
}

/** The roles that somebody can be given now. */
export function viewRoles(roles: readonly ProductRole[]): RoleView[] {
	return roles
		.filter(({ retired }) => !retired)
		.map(({ slug, name, description, isDefault }) => ({ slug, name, description, isDefault }));
}

/** As the product calls the role; a role that it never declared is its own name. */
export function roleWords(
	role: string,
	roles: readonly Pick<ProductRole, 'slug' | 'name'>[]
): string {
	return roles.find(({ slug }) => slug === role)?.name ?? role;
}

/** As far as its browser tells: `Chrome on Android`, or what kind of thing it is. */
function viewDevice(userAgent: string, kind: Device): DeviceView {
	const known = deviceOf(userAgent);
	const icon = kind === 'computer' ? 'monitor' : 'phone';
	return {
		name: known.browser || known.system ? deviceName(known) : deviceKind(kind),
		icon
	};
}

function deviceKind(kind: Device): string {
	switch (kind) {
		case 'phone':
			return m.products_device_phone();
		case 'tablet':
			return m.products_device_tablet();
		case 'computer':
			return m.products_device_computer();
	}
}
