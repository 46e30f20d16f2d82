-- Whether a limit of a customer's own may suspend a product for its people, and what is left of it then:
-- null does not allow it, `as_suspended` leaves what a suspended subscription leaves.
alter table catalogue.products add column usage_suspension text
	check (usage_suspension in ('as_suspended', 'read_only', 'export_only', 'closed'));
grant select (usage_suspension) on catalogue.products to portal_app;

alter table usage.alerts
	drop constraint alerts_action_check,
	add check (action in ('notify', 'ask', 'suspend')),
	-- It is the whole limit that suspends.
	add constraint alerts_suspend check (action <> 'suspend' or 100 = any (marks));

-- That a product is suspended by an alert of its business, until the alert's period is over or it ends before.
create table usage.suspensions (
	business_id text not null,
	alert_id text not null,
	product_id text not null references catalogue.products (id),
	period date not null,
	period_end date not null check (period_end > period),
	-- The limit that was reached. It suspends once a period; a higher one may do so again.
	amount numeric not null,
	value numeric not null,
	since timestamptz not null,
	-- The end of the period.
	until timestamptz not null check (until > since),
	ended_at timestamptz check (ended_at >= since),
	ended_for text check (ended_for in ('period', 'lifted', 'raised', 'changed', 'vendor')),
	-- Null where a job saw to it.
	ended_by text references identity.persons (id),
	check ((ended_at is null) = (ended_for is null)),
	check (ended_by is null or ended_at is not null)
);
select platform.tenant_table('usage.suspensions', 'alert_id, period, period_end, amount', 'select');
grant update (ended_at, ended_for, ended_by) on usage.suspensions to portal_app;
alter table usage.suspensions add foreign key (business_id, alert_id)
	references usage.alerts (business_id, id);
create index suspensions_open on usage.suspensions (business_id, product_id) where ended_at is null;
