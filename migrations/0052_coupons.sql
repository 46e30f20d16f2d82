-- What the vendor takes off its prices for those who show a code.
create table catalogue.coupons (
	id text primary key,
	-- Compared in capitals, as it is stored.
	code text not null unique check (code ~ '^[A-Z0-9][A-Z0-9-]{3,39}$'),
	name text not null check (name <> '' and length(name) <= 120),
	amount_minor bigint check (amount_minor > 0),
	currency text check (currency ~ '^[A-Z]{3}$'),
	percent numeric check (percent > 0 and percent <= 100),
	duration text not null check (duration in ('once', 'periods', 'for_ever')),
	periods integer check (periods > 0),
	-- From this moment on it is not taken; what was begun with it goes on.
	expires_at timestamptz,
	-- How often it may be used in all, and by one business; null is without a limit.
	limit_in_all integer check (limit_in_all > 0),
	limit_per_business integer check (limit_per_business > 0),
	redeemed integer not null default 0 check (redeemed >= 0),
	made_by text not null check (made_by <> ''),
	made_at timestamptz not null,
	ended_at timestamptz,
	check ((amount_minor is null) = (currency is null)),
	check ((amount_minor is null) <> (percent is null)),
	check ((duration = 'periods') = (periods is not null)),
	constraint coupons_limit check (redeemed <= limit_in_all)
);

-- The plans that it is for; without any it is for all.
create table catalogue.coupon_plans (
	coupon_id text not null references catalogue.coupons (id),
	plan_id text not null references catalogue.plans (id),
	primary key (coupon_id, plan_id)
);

-- That a business used one, for a subscription of billing's.
create table catalogue.redemptions (
	business_id text not null references businesses.businesses (id),
	coupon_id text not null references catalogue.coupons (id),
	subscription_id text not null,
	redeemed_at timestamptz not null
);
select platform.tenant_table('catalogue.redemptions', 'coupon_id, subscription_id', 'select');
revoke update, delete on catalogue.redemptions from portal_staff, portal_system;
revoke insert on catalogue.redemptions from portal_staff;

grant select on catalogue.coupons, catalogue.coupon_plans to portal_app;
grant select, insert on catalogue.coupons, catalogue.coupon_plans to portal_staff, portal_system;
-- What a coupon gives never changes; it can be ended.
grant update (ended_at) on catalogue.coupons to portal_staff;
grant update (ended_at, redeemed) on catalogue.coupons to portal_system;
