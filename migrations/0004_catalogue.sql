create schema catalogue;
grant usage on schema catalogue to portal_app, portal_staff, portal_system;

-- What the vendor sells. Global: every business sees the same catalogue.
create table catalogue.products (
	id text primary key,
	slug text not null unique check (slug ~ '^[a-z][a-z0-9-]{0,40}$'),
	name text not null,
	summary text not null,
	-- Which drawn mark stands for it; 'initials' draws the first letters of the name.
	mark text not null default 'initials' check (mark in ('erp', 'sacco', 'payroll', 'initials')),
	-- The meter whose latest value is the product's headline figure, and the word under it.
	headline_meter text,
	headline_label text,
	position integer not null,
	-- Where the product takes a third-party-initiated login (OpenID Connect Core 1.0, section 4).
	login_url text,
	redirect_urls text[] not null default '{}',
	logout_url text,
	-- OpenID client id is the product's id; the secret is sealed with the installation's key.
	client_secret_sealed bytea,
	created_at timestamptz not null
);

create table catalogue.plans (
	id text primary key,
	product_id text not null references catalogue.products (id),
	slug text not null,
	name text not null,
	amount_minor bigint not null check (amount_minor >= 0),
	currency text not null check (currency ~ '^[A-Z]{3}$'),
	seats integer check (seats > 0),
	-- Bytes of data a month that the plan includes.
	included_bytes bigint check (included_bytes > 0),
	trial_days integer check (trial_days > 0),
	position integer not null,
	unique (product_id, slug)
);

-- A product speaks to the API with a key; only its SHA-256 is stored.
create table catalogue.api_keys (
	id text primary key,
	product_id text not null references catalogue.products (id),
	token_hash bytea not null unique check (octet_length(token_hash) = 32),
	-- The first characters, so that a person can tell keys apart.
	hint text not null,
	created_at timestamptz not null,
	revoked_at timestamptz
);
grant select on catalogue.plans to portal_app;
-- A member has no business with the client's secret or its addresses.
grant select (id, slug, name, summary, mark, headline_meter, headline_label, position, login_url, created_at)
	on catalogue.products to portal_app;
grant select on catalogue.products, catalogue.plans, catalogue.api_keys to portal_staff;
grant select, insert, update on catalogue.products, catalogue.plans, catalogue.api_keys to portal_system;
