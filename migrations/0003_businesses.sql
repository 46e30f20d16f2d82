create schema businesses;
grant usage on schema businesses to portal_app, portal_staff, portal_system;

-- The root of a tenant: here the id is the business_id of every other tenant table.
create table businesses.businesses (
	id text primary key,
	name text not null check (name <> ''),
	time_zone text not null default 'Africa/Nairobi',
	currency text not null default 'KES' check (currency ~ '^[A-Z]{3}$'),
	created_at timestamptz not null
);
alter table businesses.businesses enable row level security;
create policy tenant on businesses.businesses for all to portal_app
	using (id = (select platform.current_business())) with check (id = (select platform.current_business()));
create policy staff on businesses.businesses for all to portal_staff using (true) with check (true);
create policy system on businesses.businesses for all to portal_system using (true) with check (true);
grant select, update (name, time_zone) on businesses.businesses to portal_app;
grant select, insert, update on businesses.businesses to portal_staff, portal_system;

create table businesses.memberships (
	business_id text not null references businesses.businesses (id),
	person_id text not null references identity.persons (id),
	role text not null check (role in ('owner', 'admin', 'billing', 'member')),
	joined_at timestamptz not null
);
select platform.tenant_table('businesses.memberships', 'person_id');
create index memberships_person on businesses.memberships (person_id);

-- A business sees the persons who belong to it, and the vendor's staff who answer its tickets.
alter table identity.persons enable row level security;
create policy colleagues on identity.persons for select to portal_app
	using (staff or id in (select person_id from businesses.memberships));
create policy staff on identity.persons for select to portal_staff using (true);
create policy system on identity.persons for all to portal_system using (true) with check (true);

alter table identity.sessions add constraint sessions_business
	foreign key (business_id) references businesses.businesses (id);
