create schema audit;
grant usage on schema audit to portal_staff, portal_system;

-- What the vendor's staff opened their door for. Written by the door itself, never changed.
create table audit.entries (
	id text primary key,
	person_id text not null references identity.persons (id),
	reason text not null check (reason <> ''),
	occurred_at timestamptz not null
);
grant insert, select on audit.entries to portal_staff;
grant select on audit.entries to portal_system;
