export {
	listReferrals,
	listReferralSources,
	readReferralSummary,
	recordReferral,
	type ReferralSummary
} from './referrals.ts';
export { saveReseller } from './resellers.ts';
