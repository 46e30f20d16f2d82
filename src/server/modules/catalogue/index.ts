// Its jobs are declared when the module is loaded.
import './watch.ts';

export {
	createIntegratorKey,
	keyScopes,
	listIntegratorKeys,
	readIntegratorKey,
	revokeIntegratorKey,
	type IntegratorKey,
	type KeyScope
} from './integrator-keys.ts';
export { listClients, renewClientSecret, setClientSecret, type Client } from './clients.ts';
export {
	couponDurations,
	endCoupon,
	listCoupons,
	newCode,
	readCoupon,
	saveCoupon,
	type Coupon,
	type CouponDuration
} from './coupons.ts';
export { couponStandings, findCoupons } from './coupon-list.ts';
export {
	declarationEntries,
	declareProduct,
	listProductExports,
	listProductPlaces,
	listProductRoles,
	type ProductRole
} from './declarations.ts';
export {
	createApiKey,
	keepApiKey,
	listApiKeys,
	listLiveKeys,
	requireLiveKeys,
	readApiKey,
	revokeApiKey,
	type ApiKey,
	type ListedKey
} from './keys.ts';
export { listPastStates, type PastState } from './past-states.ts';
export { toMajor, toMinorDecimal } from './minor-units.ts';
export {
	moments,
	priceKinds,
	prorations,
	type Moment,
	type PlanPrice,
	type PriceKind,
	type PriceModel
} from './plan-fields.ts';
export {
	listPlanVersions,
	listVersionsOf,
	readPlanVersion,
	savePlanVersion,
	type ListedVersion,
	type PlanVersion,
	type PlanWithVersions
} from './plan-versions.ts';
export { listPlans, retirePlan, savePlan, type Plan } from './plans.ts';
export {
	modeOfUsageSuspension,
	suspendedModes,
	usageSuspensions,
	type Resource,
	type SuspendedMode,
	type UsageSuspension
} from './product-fields.ts';
export {
	listProducts,
	readProduct,
	readProductSetup,
	saveProduct,
	type Product,
	type ProductSetup
} from './products.ts';
export {
	endProductState,
	listProductStates,
	planMaintenance,
	reportProductState,
	restoreProduct,
	type ProductState,
	type StateKind
} from './states.ts';
export { checkCoupon, listRedemptions, redeemCoupon, type Redemption } from './redemptions.ts';
export { listStatesToTell, markStatesTold, type StateToTell } from './telling.ts';
export { tryPrices, type Tried, type TriedLine } from './tryout.ts';
export { vendorZone } from './vendor-time.ts';
export { compareTerms, type PlanTerms, type TermChange } from './version-changes.ts';
export { readWebhookTarget, setWebhook } from './webhooks.ts';
