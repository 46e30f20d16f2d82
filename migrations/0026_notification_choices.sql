-- How a person wants to hear of a product in a business. Without a row the topic's defaults hold.
create table notifications.choices (
	business_id text not null,
	person_id text not null,
	product_id text not null references catalogue.products (id),
	topic text not null check (topic in ('state', 'access', 'alerts', 'subscription')),
	bell boolean not null,
	mail boolean not null,
	chosen_at timestamptz not null,
	foreign key (business_id, person_id)
		references businesses.memberships (business_id, person_id) on delete cascade
);
select platform.tenant_table('notifications.choices', 'person_id, product_id, topic', 'select, insert, update');

-- That a person was written to, so that each thing is mailed once.
create table notifications.letters (
	business_id text not null,
	person_id text not null,
	-- As of the notification.
	key text not null,
	posted_at timestamptz not null,
	foreign key (business_id, person_id)
		references businesses.memberships (business_id, person_id) on delete cascade
);
select platform.tenant_table('notifications.letters', 'person_id, key', '');
