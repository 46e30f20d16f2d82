/**
 * The claims of each scope. The business, the role and the subscription come with `openid`
 * itself, since no product of the vendor's can do without them.
 */
export const claimsByScope = {
	iss: null,
	sid: null,
	openid: [
		'sub',
		'auth_time',
		'acr',
		'amr',
		'business',
		'product_role',
		'subscription',
		'access_mode',
		'subscription_ends'
	],
	profile: ['name'],
	email: ['email', 'email_verified']
};

/** What a sign-in may ask for. */
export const grantedScope = 'openid profile email offline_access';

/** Which claims one may ask for by name: of one's own vendor's products nothing is kept back. */
export const grantedClaims: string[] = [
	...claimsByScope.openid,
	...claimsByScope.profile,
	...claimsByScope.email
];
