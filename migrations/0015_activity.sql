create schema activity;
grant usage on schema activity to portal_app, portal_staff, portal_system;

-- What happened. Of what products report the words are stored as they were sent; of what happens in
-- the portal itself `kind` and `params`, so that each reader gets it in their own language.
create table activity.entries (
	business_id text not null references businesses.businesses (id),
	id text not null,
	-- Makes it count once, however often it is told.
	key text not null,
	kind text not null check (kind ~ '^[a-z_]{1,40}$'),
	occurred_at timestamptz not null,
	person_id text references identity.persons (id),
	-- The name at the time.
	person_name text check (person_name <> '' and length(person_name) <= 120),
	product_id text references catalogue.products (id),
	what text check (what <> '' and length(what) <= 200),
	place text check (place <> '' and length(place) <= 200),
	-- Where in the product; one of its own paths, so that it leads nowhere else.
	path text check (path ~ '^/([^/\\[:cntrl:]][^\\[:cntrl:]]*)?$' and length(path) <= 500),
	params jsonb not null default '{}',
	check ((kind = 'reported') = (what is not null)),
	check (kind <> 'reported' or product_id is not null)
);
select platform.tenant_table('activity.entries', 'id', 'select, insert');
alter table activity.entries add constraint entries_key unique (business_id, key);
create index entries_newest on activity.entries (business_id, occurred_at desc, id desc);
create index entries_of_product on activity.entries (business_id, product_id, occurred_at desc, id desc);
create index entries_of_person on activity.entries (business_id, person_id, occurred_at desc, id desc);
-- What happened does not change.
revoke update, delete on activity.entries from portal_staff, portal_system;
