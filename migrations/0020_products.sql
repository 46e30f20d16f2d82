-- What a product says of itself and what the vendor says of it: addresses, roles, places, exports, and
-- how it stands. Global, as the catalogue is.
alter table catalogue.products
	-- Where the browser may be sent after signing out (OpenID Connect RP-Initiated Logout 1.0).
	add column post_logout_urls text[] not null default '{}',
	-- Loaded in a frame when the person signs out of the portal (Front-Channel Logout 1.0).
	add column frontchannel_logout_url text,
	-- Where the product hears of changes (Standard Webhooks); the secret is sealed with the installation's key.
	add column webhook_url text,
	add column webhook_secret_sealed bytea,
	-- What is left of the product while a subscription is suspended. `closed` comes only after
	-- `closing_notice_days` of `read_only`, so that nobody is locked out without warning.
	add column suspended_mode text not null default 'read_only'
		check (suspended_mode in ('read_only', 'export_only', 'closed')),
	add column closing_notice_days integer not null default 7 check (closing_notice_days between 1 and 90),
	-- Whom a customer asks about the product, at the vendor's.
	add column support_email text,
	add column support_phone text,
	-- Guides, training, downloads: [{"label": …, "url": …}].
	add column resources jsonb not null default '[]' check (jsonb_typeof(resources) = 'array'),
	-- When the product last declared its roles, places and exports.
	add column declared_at timestamptz;
grant select (suspended_mode, closing_notice_days, support_email, support_phone, resources, declared_at)
	on catalogue.products to portal_app;

-- The roles that the product knows. One that it knows no longer stays while somebody may hold it.
create table catalogue.product_roles (
	product_id text not null references catalogue.products (id),
	slug text not null check (slug ~ '^[a-z][a-z0-9-]{0,40}$'),
	name text not null check (name <> '' and length(name) <= 60),
	description text not null default '' check (length(description) <= 200),
	-- What somebody gets who is let in without a word about the role.
	is_default boolean not null default false,
	position integer not null,
	retired_at timestamptz,
	primary key (product_id, slug)
);
create unique index product_roles_default on catalogue.product_roles (product_id)
	where is_default and retired_at is null;

-- Places in the product that a business can choose as the landing of a launch.
create table catalogue.product_places (
	product_id text not null references catalogue.products (id),
	path text not null check (path ~ '^/([^/\\[:cntrl:]][^\\[:cntrl:]]*)?$' and length(path) <= 500),
	label text not null check (label <> '' and length(label) <= 120),
	position integer not null,
	primary key (product_id, path)
);

-- What a business can ask the product to export.
create table catalogue.product_exports (
	product_id text not null references catalogue.products (id),
	slug text not null check (slug ~ '^[a-z][a-z0-9-]{0,40}$'),
	name text not null check (name <> '' and length(name) <= 60),
	description text not null default '' check (length(description) <= 200),
	position integer not null,
	primary key (product_id, slug)
);

-- Times at which a product did not or will not work as it should; outside of them it is operational.
create table catalogue.product_states (
	id text primary key,
	product_id text not null references catalogue.products (id),
	state text not null check (state in ('degraded', 'maintenance', 'outage')),
	-- What the vendor says of it, to the people of its customers.
	message text not null default '' check (length(message) <= 500),
	starts_at timestamptz not null,
	-- When it should be over; a maintenance is over then by itself.
	expected_until timestamptz,
	ended_at timestamptz,
	-- The vendor's staff, or the watch that found the product silent.
	reported_by text not null check (reported_by in ('vendor', 'watch')),
	created_at timestamptz not null,
	-- What people have been told of: that it is planned, that it began, that it is over.
	plan_told_at timestamptz,
	start_told_at timestamptz,
	end_told_at timestamptz,
	check (state <> 'maintenance' or expected_until is not null),
	check (expected_until > starts_at),
	check (ended_at >= least(starts_at, created_at))
);
create index product_states_open on catalogue.product_states (product_id, starts_at) where ended_at is null;
create unique index product_states_watch on catalogue.product_states (product_id)
	where ended_at is null and reported_by = 'watch';

grant select on catalogue.product_roles, catalogue.product_places, catalogue.product_exports,
	catalogue.product_states to portal_app, portal_staff, portal_system;
grant insert, update, delete on catalogue.product_roles, catalogue.product_places, catalogue.product_exports,
	catalogue.product_states to portal_system;
-- Staff keep the catalogue and say how a product stands.
grant insert, update on catalogue.products, catalogue.plans, catalogue.api_keys, catalogue.product_states to portal_staff;
grant insert, update, delete on catalogue.product_roles, catalogue.product_places, catalogue.product_exports to portal_staff;
