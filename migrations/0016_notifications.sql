create schema notifications;
grant usage on schema notifications to portal_app, portal_staff, portal_system;

-- What somebody should know: kind and parameters, put into words when it is read.
create table notifications.notifications (
	business_id text not null,
	id text not null,
	person_id text not null,
	-- Tells a person the same thing once.
	key text not null,
	kind text not null check (kind ~ '^[a-z_]{1,40}$'),
	params jsonb not null default '{}',
	created_at timestamptz not null,
	read_at timestamptz,
	foreign key (business_id, person_id)
		references businesses.memberships (business_id, person_id) on delete cascade,
	check (read_at >= created_at)
);
select platform.tenant_table('notifications.notifications', 'id', 'select, update');
alter table notifications.notifications add constraint notifications_key unique (business_id, person_id, key);
create index notifications_unread on notifications.notifications (business_id, person_id) where read_at is null;
create index notifications_newest on notifications.notifications (business_id, person_id, created_at desc, id desc);
