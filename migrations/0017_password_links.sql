-- A link in a letter by which a person sets a password: the first one, or a forgotten one anew. As with
-- sessions only the token's SHA-256 is stored. Whoever used one has used all of theirs up.
create table identity.password_links (
	token_hash bytea primary key check (octet_length(token_hash) = 32),
	person_id text not null references identity.persons (id) on delete cascade,
	created_at timestamptz not null,
	ends_at timestamptz not null
);
create index password_links_person on identity.password_links (person_id);
grant select, insert, delete on identity.password_links to portal_system;

-- Colleagues see who has not set a password yet, and still nothing of how anybody signs in.
alter table identity.persons add column has_password boolean not null
	generated always as (password_hash <> '!') stored;
grant select (has_password) on identity.persons to portal_app;
