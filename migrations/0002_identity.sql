create schema identity;
grant usage on schema identity to portal_app, portal_staff, portal_system;

-- A person signs in; what they may do hangs on their memberships (businesses.memberships) or on
-- being the vendor's staff.
create table identity.persons (
	id text primary key,
	email text not null,
	name text not null check (name <> ''),
	password_hash text not null,
	staff boolean not null default false,
	locale text not null default 'en' check (locale in ('en', 'sw')),
	created_at timestamptz not null,
	disabled_at timestamptz
);
-- Addresses are compared without regard to case; they are stored as they were given.
create unique index persons_email on identity.persons (lower(email));
grant select, insert, update on identity.persons to portal_system;
grant select on identity.persons to portal_staff;
-- Members see the names of their colleagues and nothing of how they sign in.
grant select (id, email, name, staff) on identity.persons to portal_app;

-- The cookie carries the token; only its SHA-256 is stored.
create table identity.sessions (
	token_hash bytea primary key check (octet_length(token_hash) = 32),
	id text not null unique,
	person_id text not null references identity.persons (id) on delete cascade,
	business_id text,
	user_agent text not null default '',
	address text not null default '',
	created_at timestamptz not null,
	seen_at timestamptz not null,
	ends_at timestamptz not null
);
create index sessions_person on identity.sessions (person_id);
grant select, insert, update, delete on identity.sessions to portal_system;
