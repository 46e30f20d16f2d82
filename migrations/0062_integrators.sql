-- Keys of systems that work for the vendor itself, such as its bookkeeping: across businesses, and for no more than
-- was said when the key was made. Only the hash of a token is kept.
create table catalogue.integrator_keys (
	id text primary key,
	name text not null unique check (name <> '' and length(name) <= 60),
	scopes text[] not null check (cardinality(scopes) > 0),
	token_hash bytea not null unique,
	-- The first characters of the token.
	hint text not null,
	created_at timestamptz not null,
	revoked_at timestamptz
);
grant select, insert, update (revoked_at) on catalogue.integrator_keys to portal_system;
grant select (id, name, scopes, hint, created_at, revoked_at) on catalogue.integrator_keys to portal_staff;

-- What was answered to a request that carried an idempotency key: the same request gets the same answer for a day.
create table platform.kept_answers (
	-- Whose idempotency key it is: the id of the API key.
	asker text not null,
	key text not null,
	-- Of method, address and body.
	request_hash bytea not null,
	status smallint not null,
	answer text not null,
	kept_at timestamptz not null,
	primary key (asker, key)
);
create index kept_answers_by_age on platform.kept_answers (kept_at);
grant select, insert, update, delete on platform.kept_answers to portal_system;

-- What is to stand on every invoice is said in billing.settings; here is what is for the next one alone.
alter table billing.customer_references drop constraint customer_references_pkey;
delete from billing.customer_references where always;
alter table billing.customer_references drop column always;
alter table billing.customer_references add primary key (business_id);
