-- The tax authority's control unit: what it signed of the vendor's papers, and what it still has to.
create schema fiscal;
grant usage on schema fiscal to portal_app, portal_staff, portal_system;

-- Which unit signs: at most one row, and none while nothing is signed.
create table fiscal.unit (
	only_row boolean primary key default true check (only_row),
	adapter text not null check (adapter ~ '^[a-z][a-z0-9-]{0,40}$'),
	settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
	set_by text not null check (set_by <> ''),
	set_at timestamptz not null
);
grant select on fiscal.unit to portal_staff;
grant select, insert, update, delete on fiscal.unit to portal_system;

create table fiscal.signatures (
	business_id text not null references businesses.businesses (id),
	-- Of billing's: an invoice, a debit note or a credit note.
	document_id text not null,
	document_kind text not null check (document_kind in ('invoice', 'debit_note', 'credit_note')),
	-- As printed on it, and its place in its series: papers are signed in the order of their numbers.
	number text not null check (number <> ''),
	series text not null,
	sequence integer not null check (sequence > 0),
	-- What it corrects: that one is signed first, since its number at the unit is told.
	original_id text,
	asked_at timestamptz not null,
	status text not null check (status in ('pending', 'signed', 'failed')),
	tries integer not null default 0 check (tries >= 0),
	-- When it is tried next; null when it is not until staff say so.
	next_try_at timestamptz,
	-- Who has it in hand until then; what is held for longer was left behind.
	claimed_until timestamptz,
	-- Why the last try came to nothing.
	reason text,
	-- What the unit answered.
	unit_serial text,
	unit_number text,
	internal_data text,
	signature text,
	signed_at timestamptz,
	-- What its QR code says.
	code text,
	-- A unit that stands in for the tax authority's.
	simulated boolean,
	check ((status = 'signed') = (signed_at is not null)),
	check (status <> 'signed' or (unit_serial is not null and unit_number is not null and code is not null
		and simulated is not null)),
	check (status <> 'pending' or next_try_at is not null),
	check (status <> 'signed' or next_try_at is null),
	check (status <> 'failed' or reason is not null)
);
select platform.tenant_table('fiscal.signatures', 'document_id', 'select');
revoke insert, update, delete on fiscal.signatures from portal_staff;
revoke delete on fiscal.signatures from portal_system;
-- Staff may have it tried again.
grant update (status, tries, next_try_at) on fiscal.signatures to portal_staff;
create index signatures_document on fiscal.signatures (document_id);
create index signatures_pending on fiscal.signatures (series, sequence) where status = 'pending';
create index signatures_failed on fiscal.signatures (series, sequence) where status = 'failed';

-- What the unit has signed stays as it is, whoever writes.
create function fiscal.keep_signature() returns trigger language plpgsql as $$
begin
	raise exception 'The signature of % never changes.', old.number using errcode = 'restrict_violation';
end $$;
create trigger keep_signature before update or delete on fiscal.signatures
	for each row when (old.status = 'signed') execute function fiscal.keep_signature();

-- What the simulator has signed: asked twice it says the same, as the real unit does.
create table fiscal.simulated (
	document_id text primary key,
	count integer not null unique check (count > 0),
	signed_at timestamptz not null
);
grant select, insert on fiscal.simulated to portal_system;
