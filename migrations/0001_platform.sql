-- The platform's own schema: who the current tenant is, the helper every tenant table goes through,
-- domain events, mail, limits. Roles exist before any migration runs (platform/roles.ts).
create schema platform;
grant usage on schema platform to portal_app, portal_staff, portal_system;

-- The business of the open door. Raises instead of answering null: a query outside a door must fail,
-- never come back empty. After a transaction the setting is '' and not null, hence nullif.
create function platform.current_business() returns text
language plpgsql stable parallel safe as $$
declare
	id text := nullif(current_setting('app.business_id', true), '');
begin
	if id is null then
		raise exception 'no business is set: tenant tables are reached through a door' using errcode = 'insufficient_privilege';
	end if;
	return id;
end $$;

-- Makes a table a tenant table: the business_id column, the composite key, row-level security, its
-- policies and the grants. `key` lists the columns that follow business_id in the primary key.
-- `app_grants` is what a member or product may do with rows of its own business.
create function platform.tenant_table(
	target regclass,
	key text default 'id',
	app_grants text default 'select, insert, update, delete'
) returns void language plpgsql as $$
begin
	if not exists (
		select from pg_attribute where attrelid = target and attname = 'business_id' and not attisdropped
	) then
		execute format('alter table %s add column business_id text not null', target);
	end if;
	execute format('alter table %s add primary key (business_id, %s)', target, key);
	execute format('alter table %s enable row level security', target);
	execute format(
		'create policy tenant on %s for all to portal_app
			using (business_id = (select platform.current_business()))
			with check (business_id = (select platform.current_business()))', target);
	execute format('create policy staff on %s for all to portal_staff using (true) with check (true)', target);
	execute format('create policy system on %s for all to portal_system using (true) with check (true)', target);
	if app_grants <> '' then
		execute format('grant %s on %s to portal_app', app_grants, target);
	end if;
	execute format('grant select, insert, update, delete on %s to portal_staff, portal_system', target);
end $$;
revoke execute on function platform.tenant_table(regclass, text, text) from public;

-- Domain events: written in the transaction of what happened, relayed to the jobs that react.
create table platform.events (
	id text not null,
	kind text not null,
	actor jsonb not null,
	data jsonb not null,
	occurred_at timestamptz not null,
	dispatched_at timestamptz
);
select platform.tenant_table('platform.events', 'id', 'select, insert');
create index events_waiting on platform.events (id) where dispatched_at is null;

-- Mail waits here until the mail job has handed it to the SMTP server. Without one it stays, and the
-- development page /outbox shows it.
create table platform.mails (
	id text primary key,
	recipient text not null,
	subject text not null,
	body text not null,
	created_at timestamptz not null,
	sent_at timestamptz,
	failure text
);
grant select, insert, update on platform.mails to portal_system;

-- The shape rate-limiter-flexible expects; `expire` is in milliseconds since the epoch.
create table platform.limits (
	key varchar(255) primary key,
	points integer not null default 0,
	expire bigint
);
grant select, insert, update, delete on platform.limits to portal_system;
