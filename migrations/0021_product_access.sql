-- Somebody asks to be let into a product; an owner or admin answers.
create table launch.access_requests (
	business_id text not null,
	id text not null,
	person_id text not null,
	product_id text not null references catalogue.products (id),
	-- Why, in the person's own words.
	note text not null default '' check (length(note) <= 500),
	asked_at timestamptz not null,
	answer text check (answer in ('approved', 'declined', 'withdrawn')),
	answered_at timestamptz,
	answered_by text references identity.persons (id),
	-- What whoever answered said.
	reply text not null default '' check (length(reply) <= 500),
	check ((answer is null) = (answered_at is null)),
	foreign key (business_id, person_id)
		references businesses.memberships (business_id, person_id) on delete cascade
);
select platform.tenant_table('launch.access_requests');
create unique index access_requests_open on launch.access_requests (business_id, product_id, person_id)
	where answer is null;

-- What a business has set for a product. Each of these reaches the product or changes the portal.
create table launch.product_settings (
	business_id text not null references businesses.businesses (id),
	product_id text not null references catalogue.products (id),
	-- Where a launch lands for those who were nowhere yet, or for everybody if `landing_always`.
	landing_path text check (landing_path ~ '^/([^/\\[:cntrl:]][^\\[:cntrl:]]*)?$' and length(landing_path) <= 500),
	landing_label text check (landing_label <> '' and length(landing_label) <= 120),
	landing_always boolean not null default false,
	-- Who in the business answers for the product: its people and the vendor ask there first.
	contact_name text not null default '' check (length(contact_name) <= 120),
	contact_email text not null default '' check (length(contact_email) <= 254),
	contact_phone text not null default '' check (length(contact_phone) <= 40),
	changed_at timestamptz not null,
	check ((landing_path is null) = (landing_label is null))
);
select platform.tenant_table('launch.product_settings', 'product_id');

-- A business asked the product for its data. The file stays at the product: `path` is a place in it,
-- reached by a launch, so that only who may sign in there can fetch it.
create table launch.exports (
	business_id text not null references businesses.businesses (id),
	id text not null,
	product_id text not null references catalogue.products (id),
	-- What was asked for, as the product declared it then.
	kind text not null,
	name text not null,
	asked_by text not null references identity.persons (id),
	asked_at timestamptz not null,
	status text not null default 'asked' check (status in ('asked', 'preparing', 'ready', 'failed', 'cancelled')),
	path text check (path ~ '^/([^/\\[:cntrl:]][^\\[:cntrl:]]*)?$' and length(path) <= 500),
	bytes bigint check (bytes >= 0),
	-- What the product says of it, such as why it failed.
	message text not null default '' check (length(message) <= 300),
	-- Until when the product keeps the file.
	expires_at timestamptz,
	reported_at timestamptz,
	check (status <> 'ready' or path is not null)
);
select platform.tenant_table('launch.exports');
create index exports_newest on launch.exports (business_id, product_id, asked_at desc);

-- When a key begins to sign: a new one is published first, so that products know it by then.
alter table launch.signing_keys add column signs_from timestamptz;
update launch.signing_keys set signs_from = created_at;
alter table launch.signing_keys alter column signs_from set not null;

-- Of a suspended subscription: since when, for the notice before a product closes.
alter table billing.subscriptions add column suspended_at timestamptz;
update billing.subscriptions set suspended_at = now() where status = 'suspended';
alter table billing.subscriptions add check ((status = 'suspended') = (suspended_at is not null));
