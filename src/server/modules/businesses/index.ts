import './jobs.ts';

export {
	BusinessId,
	businessIn,
	changeBusiness,
	createBusiness,
	findBusinesses,
	listBusinesses,
	listSomeBusinesses,
	listTimeZones,
	readBusiness
} from './businesses.ts';
export { changeMember, removeMember } from './changes.ts';
export { inviteAgain, inviteMember } from './invitations.ts';
export {
	addMember,
	countMembers,
	countMembersOfAll,
	listJoinings,
	listMembers,
	listMembershipsOf,
	type Membership,
	type MemberView
} from './memberships.ts';
