export {
	BusinessId,
	businessIn,
	createBusiness,
	listBusinesses,
	readBusiness
} from './businesses.ts';
export {
	addMember,
	countMembers,
	listJoinings,
	listMembers,
	listMembershipsOf,
	type Membership,
	type MemberView
} from './memberships.ts';
