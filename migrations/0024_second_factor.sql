-- When the second factor was last given in this session; null in one that rests on the password alone.
alter table identity.sessions add column second_factor_at timestamptz;

-- The secret that a person's authenticator app shares with us, sealed with the installation's key.
create table identity.second_factors (
	person_id text primary key references identity.persons (id) on delete cascade,
	secret_sealed bytea not null,
	-- The time step (RFC 6238) of the last code that was accepted: no code of it, or of an earlier one,
	-- is accepted again.
	last_step bigint not null,
	created_at timestamptz not null
);
grant select, insert, update, delete on identity.second_factors to portal_system;

-- A secret that was shown and not confirmed by a code yet. It ends with the session that it was shown in.
create table identity.second_factor_offers (
	session_id text primary key references identity.sessions (id) on delete cascade,
	secret_sealed bytea not null,
	created_at timestamptz not null,
	ends_at timestamptz not null
);
grant select, insert, update, delete on identity.second_factor_offers to portal_system;

-- What stands in for a code when the app is lost. Each works once: it is deleted as it is used. Only a
-- hash is stored, under a key of the installation.
create table identity.recovery_codes (
	person_id text not null references identity.second_factors (person_id) on delete cascade,
	code_hash bytea not null check (octet_length(code_hash) = 32),
	created_at timestamptz not null,
	primary key (person_id, code_hash)
);
grant select, insert, delete on identity.recovery_codes to portal_system;

-- Who gave the right password and still owes a code. There is no session yet; the browser holds the
-- token, and as with sessions only its SHA-256 is stored.
create table identity.pending_sign_ins (
	token_hash bytea primary key check (octet_length(token_hash) = 32),
	person_id text not null references identity.persons (id) on delete cascade,
	created_at timestamptz not null,
	ends_at timestamptz not null
);
create index pending_sign_ins_person on identity.pending_sign_ins (person_id);
grant select, insert, delete on identity.pending_sign_ins to portal_system;
