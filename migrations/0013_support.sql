create schema support;
grant usage on schema support to portal_app, portal_staff, portal_system;

-- Ticket numbers run through one series of the vendor's.
create table support.series (
	slug text primary key,
	prefix text not null check (prefix ~ '^[A-Z]{2,5}$'),
	next integer not null check (next > 0)
);
insert into support.series (slug, prefix, next) values ('tickets', 'TKT', 1001);
grant select, update on support.series to portal_app, portal_staff, portal_system;

create table support.tickets (
	business_id text not null references businesses.businesses (id),
	id text not null,
	number text not null,
	subject text not null check (subject <> '' and length(subject) <= 200),
	product_id text references catalogue.products (id),
	-- `open` waits for the vendor, `waiting` for the customer.
	state text not null check (state in ('open', 'waiting', 'closed')),
	opened_by text not null references identity.persons (id),
	opened_at timestamptz not null,
	changed_at timestamptz not null,
	-- When staff first answered.
	first_reply_at timestamptz,
	closed_at timestamptz,
	check ((state = 'closed') = (closed_at is not null)),
	check (changed_at >= opened_at and first_reply_at >= opened_at and closed_at >= opened_at)
);
select platform.tenant_table('support.tickets', 'id', 'select, insert, update');
alter table support.tickets add constraint tickets_number unique (business_id, number);
create index tickets_state on support.tickets (business_id, state, changed_at desc);
create index tickets_opened on support.tickets (business_id, opened_at);

create table support.messages (
	id text not null,
	ticket_id text not null,
	author_id text not null references identity.persons (id),
	-- The name at the time: people leave, what they wrote stays theirs.
	author_name text not null,
	author_side text not null check (author_side in ('member', 'staff')),
	body text not null check (body <> '' and length(body) <= 10000),
	written_at timestamptz not null
);
select platform.tenant_table('support.messages', 'id', 'select, insert');
alter table support.messages add foreign key (business_id, ticket_id)
	references support.tickets (business_id, id);
create index messages_of_ticket on support.messages (business_id, ticket_id, written_at);
-- What was written stands.
revoke update, delete on support.messages from portal_staff, portal_system;
