create schema referrals;
grant usage on schema referrals to portal_app, portal_staff, portal_system;

-- Who resells the vendor's products, for all businesses.
create table referrals.resellers (
	id text primary key,
	name text not null unique check (name <> ''),
	region text not null check (region <> ''),
	created_at timestamptz not null
);
grant select on referrals.resellers to portal_app, portal_staff;
grant select, insert, update on referrals.resellers to portal_system;

create table referrals.referrals (
	business_id text not null references businesses.businesses (id),
	id text not null,
	reseller_id text not null references referrals.resellers (id),
	channel text not null check (channel in ('event', 'link', 'phone', 'visit')),
	note text not null default '' check (length(note) <= 500),
	referred_at timestamptz not null,
	-- The civil date in the zone of the business: months are counted by it.
	referred_on date not null
);
select platform.tenant_table('referrals.referrals', 'id', 'select');
create index referrals_by_day on referrals.referrals (business_id, referred_on);
create index referrals_newest on referrals.referrals (business_id, referred_at desc, id desc);
