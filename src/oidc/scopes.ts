/** The claims of each scope. The business, the role and the subscription come with `openid` itself. */
export const claimsByScope = {
	acr: null,
	amr: null,
	auth_time: null,
	iss: null,
	sid: null,
	openid: ['sub', 'business', 'product_role', 'subscription'],
	profile: ['name'],
	email: ['email', 'email_verified']
};

/** What a sign-in may ask for. */
export const grantedScope = 'openid profile email offline_access';
