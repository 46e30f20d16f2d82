create schema launch;
grant usage on schema launch to portal_app, portal_staff, portal_system;

-- Who may open which product of the business, and with which of the product's roles. `new_tab` is the
-- person's own choice of where it opens.
create table launch.accesses (
	business_id text not null,
	person_id text not null,
	product_id text not null references catalogue.products (id),
	role text not null check (role ~ '^[a-z][a-z0-9-]{0,40}$'),
	new_tab boolean not null default false,
	granted_at timestamptz not null,
	foreign key (business_id, person_id)
		references businesses.memberships (business_id, person_id) on delete cascade
);
select platform.tenant_table('launch.accesses', 'product_id, person_id');

-- Each launch: who, what, when, from which kind of device. Kept, never changed.
create table launch.visits (
	id text not null,
	person_id text not null references identity.persons (id),
	product_id text not null references catalogue.products (id),
	device text not null check (device in ('phone', 'tablet', 'computer')),
	user_agent text not null check (length(user_agent) <= 300),
	visited_at timestamptz not null
);
select platform.tenant_table('launch.visits', 'id', 'select, insert');
create index visits_of_product on launch.visits (business_id, product_id, visited_at desc);
create index visits_of_person on launch.visits (business_id, person_id, product_id, visited_at desc);

-- Where in the product a person was, as the product reported it; the newest is where Launch lands.
-- A path is one of the product's own: it begins with one slash, so that it can lead nowhere else.
create table launch.places (
	business_id text not null,
	person_id text not null,
	product_id text not null references catalogue.products (id),
	path text not null check (path ~ '^/([^/\\[:cntrl:]][^\\[:cntrl:]]*)?$' and length(path) <= 500),
	label text not null check (label <> '' and length(label) <= 120),
	reported_at timestamptz not null,
	foreign key (business_id, person_id)
		references businesses.memberships (business_id, person_id) on delete cascade
);
select platform.tenant_table('launch.places', 'person_id, product_id, path');

-- A person signed in to a product through a session of the portal. The id is the provider's grant and
-- the `sid` of its tokens. The session has no foreign key: it is gone already when its sign-ins end.
create table launch.sign_ins (
	business_id text not null,
	id text not null,
	session_id text not null,
	person_id text not null references identity.persons (id),
	product_id text not null references catalogue.products (id),
	started_at timestamptz not null,
	unique (business_id, session_id, product_id)
);
select platform.tenant_table('launch.sign_ins', 'id', '');
create index sign_ins_id on launch.sign_ins (id);
create index sign_ins_session on launch.sign_ins (session_id);
create index sign_ins_person on launch.sign_ins (business_id, person_id, product_id);

-- What the OpenID provider keeps for minutes: requests under way, codes, tokens. Rows are found by the
-- SHA-256 of what the holder shows, so that a copy of the table signs nobody in.
create table launch.provider_payloads (
	model text not null,
	id bytea not null check (octet_length(id) = 32),
	payload jsonb not null,
	grant_id text,
	consumed_at timestamptz,
	expires_at timestamptz not null,
	primary key (model, id)
);
create index provider_payloads_grant on launch.provider_payloads (grant_id) where grant_id is not null;
create index provider_payloads_expiry on launch.provider_payloads (expires_at);
grant select, insert, update, delete on launch.provider_payloads to portal_system;

-- The keys that sign ID and logout tokens, sealed with the installation's key. The newest that is not
-- retired signs; retired ones stay published until nothing signed with them is valid any more.
create table launch.signing_keys (
	kid text primary key,
	sealed bytea not null,
	created_at timestamptz not null,
	retired_at timestamptz
);
grant select, insert, update, delete on launch.signing_keys to portal_system;
