create schema webhooks;
grant usage on schema webhooks to portal_app, portal_staff, portal_system;

-- What a product is told. The body is kept as it was signed, letter for letter.
create table webhooks.messages (
	business_id text not null references businesses.businesses (id),
	id text not null,
	product_id text not null references catalogue.products (id),
	kind text not null check (kind ~ '^[a-z_]+\.[a-z_]+$'),
	body text not null,
	created_at timestamptz not null,
	status text not null default 'waiting' check (status in ('waiting', 'delivered', 'given_up')),
	-- When it is tried next; empty once it is delivered or given up.
	next_try_at timestamptz,
	settled_at timestamptz,
	check ((status = 'waiting') = (settled_at is null))
);
select platform.tenant_table('webhooks.messages', 'id', '');
create index messages_newest on webhooks.messages (product_id, created_at desc, id desc);
create index messages_waiting on webhooks.messages (next_try_at) where status = 'waiting';

-- Each try, with what the product answered.
create table webhooks.deliveries (
	message_id text not null,
	number integer not null check (number > 0),
	url text not null,
	tried_at timestamptz not null,
	took_ms integer not null check (took_ms >= 0),
	-- Without one nothing answered, and `failure` says why.
	status integer,
	answer text not null default '' check (length(answer) <= 4000),
	failure text,
	-- Asked for by hand, outside of the schedule.
	by_hand boolean not null default false,
	check ((status is null) = (failure is not null))
);
select platform.tenant_table('webhooks.deliveries', 'message_id, number', '');
alter table webhooks.deliveries add foreign key (business_id, message_id)
	references webhooks.messages (business_id, id) on delete cascade;
revoke insert, update, delete on webhooks.messages, webhooks.deliveries from portal_staff;
-- Sending again is asked for by staff and done by a job.
grant update on webhooks.messages to portal_staff;
