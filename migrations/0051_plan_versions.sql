-- What a plan asks is said in versions, which never change once they are on offer: a subscription is
-- pinned to the one that it began with, and a change of prices is a new version.
create table catalogue.plan_versions (
	plan_id text not null references catalogue.plans (id),
	version integer not null check (version > 0),
	-- Null while it is a draft: then it may change.
	on_offer_from timestamptz,
	"interval" text not null check ("interval" in ('day', 'week', 'month', 'quarter', 'year')),
	-- Of what is asked for a period as such; usage is always paid for afterwards.
	in_advance boolean not null,
	currency text not null check (currency ~ '^[A-Z]{3}$'),
	seats integer check (seats > 0),
	-- Bytes of data a period that the plan includes.
	included_bytes bigint check (included_bytes > 0),
	trial_days integer check (trial_days > 0),
	upgrade text not null check (upgrade in ('at_once', 'period_end')),
	downgrade text not null check (downgrade in ('at_once', 'period_end')),
	cancellation text not null check (cancellation in ('at_once', 'period_end')),
	proration text not null check (proration in ('day', 'second', 'none')),
	note text not null check (length(note) <= 500),
	-- The name of the member of staff, or which command or job.
	made_by text not null check (made_by <> ''),
	made_at timestamptz not null,
	primary key (plan_id, version)
);
create unique index plan_versions_draft on catalogue.plan_versions (plan_id) where on_offer_from is null;

create table catalogue.plan_prices (
	plan_id text not null,
	version integer not null,
	slug text not null check (slug ~ '^[a-z][a-z0-9-]{0,60}$'),
	position integer not null check (position > 0),
	kind text not null check (kind in ('flat', 'seat', 'usage', 'minimum', 'one_off')),
	label text not null check (label <> '' and length(label) <= 120),
	-- The slug of the product's meter that is asked for.
	meter text,
	-- As rating takes it: amounts are decimal strings in major units.
	price jsonb not null check (jsonb_typeof(price) = 'object'),
	tax_class text not null check (tax_class in ('standard', 'reduced', 'zero', 'exempt')),
	tax_included boolean not null,
	primary key (plan_id, version, slug),
	unique (plan_id, version, position),
	unique (plan_id, version, meter),
	foreign key (plan_id, version) references catalogue.plan_versions (plan_id, version),
	check ((kind = 'usage') = (meter is not null))
);

-- What the plans say today, and what running subscriptions began with where that was something else:
-- the latter become earlier versions, so that nothing changes under them.
create temporary table terms as
with digits (currency, minor) as (
	values ('BIF', 0), ('CLP', 0), ('DJF', 0), ('GNF', 0), ('ISK', 0), ('JPY', 0), ('KMF', 0), ('KRW', 0),
		('PYG', 0), ('RWF', 0), ('UGX', 0), ('UYI', 0), ('VND', 0), ('VUV', 0), ('XAF', 0), ('XOF', 0), ('XPF', 0),
		('BHD', 3), ('IQD', 3), ('JOD', 3), ('KWD', 3), ('LYD', 3), ('OMR', 3), ('TND', 3)
), said as (
	select p.id as plan_id, p.amount_minor, p.currency, d.created_at as since, true as today,
		(select coalesce(jsonb_agg(jsonb_build_object('meter', u.meter, 'label', u.label,
			'included', u.included, 'unit_minor', u.unit_minor) order by u.meter), '[]')
			from billing.usage_prices u where u.plan_id = p.id) as usage,
		null as business_id, null as subscription_id
	from catalogue.plans p join catalogue.products d on d.id = p.product_id
	union all
	select s.plan_id, s.amount_minor, s.currency, s.started_on::timestamptz, false,
		(select coalesce(jsonb_agg(jsonb_build_object('meter', u.meter, 'label', u.label,
			'included', u.included, 'unit_minor', u.unit_minor) order by u.meter), '[]')
			from billing.subscription_prices u
			where u.business_id = s.business_id and u.subscription_id = s.id),
		s.business_id, s.id
	from billing.subscriptions s
), alike as (
	select *, min(since) over same as began, bool_or(today) over same as is_today
	from said window same as (partition by plan_id, amount_minor, currency, usage)
)
select alike.*, coalesce(digits.minor, 2) as minor,
	dense_rank() over (partition by plan_id order by is_today, began, amount_minor, alike.currency, usage)::integer
		as version
from alike left join digits on digits.currency = alike.currency;

insert into catalogue.plan_versions (plan_id, version, on_offer_from, "interval", in_advance, currency, seats,
	included_bytes, trial_days, upgrade, downgrade, cancellation, proration, note, made_by, made_at)
select t.plan_id, t.version,
	-- Later versions are on offer later.
	max(min(t.began)) over (partition by t.plan_id order by t.version),
	'month', true, t.currency, p.seats, p.included_bytes, p.trial_days,
	'at_once', 'period_end', 'period_end', 'day', '', 'carried over', now()
from terms t join catalogue.plans p on p.id = t.plan_id
group by t.plan_id, t.version, t.currency, p.seats, p.included_bytes, p.trial_days;

insert into catalogue.plan_prices (plan_id, version, slug, position, kind, label, meter, price, tax_class,
	tax_included)
select distinct t.plan_id, t.version, 'base', 1, 'flat', p.name, null::text,
	jsonb_build_object('model', 'flat', 'amount',
		trim_scale(t.amount_minor * (array[1, 0.1, 0.01, 0.001])[t.minor + 1])::text),
	'standard', false
from terms t join catalogue.plans p on p.id = t.plan_id
where t.amount_minor > 0
union all
select distinct t.plan_id, t.version,
	-- A meter's slug is a price's slug too; what is none gets one by its place.
	case when u.meter ~ '^[a-z][a-z0-9-]{0,55}$' and u.meter <> 'base' then u.meter
		else 'usage-' || u.position end,
	(1 + u.position)::integer, 'usage', u.label, u.meter,
	jsonb_build_object('model', 'per_unit', 'unit_amount',
		trim_scale(u.unit_minor * (array[1, 0.1, 0.01, 0.001])[t.minor + 1])::text)
		|| case when u.included > 0
			then jsonb_build_object('included', trim_scale(u.included)::text) else '{}' end,
	'standard', false
from terms t
cross join lateral rows from (
	jsonb_to_recordset(t.usage) as (meter text, label text, included numeric, unit_minor numeric)
) with ordinality as u (meter, label, included, unit_minor, position);

alter table billing.subscriptions add column plan_version integer;
update billing.subscriptions s set plan_version = t.version
from terms t where t.business_id = s.business_id and t.subscription_id = s.id;
alter table billing.subscriptions alter column plan_version set not null;
alter table billing.subscriptions add foreign key (plan_id, plan_version)
	references catalogue.plan_versions (plan_id, version);
drop table terms;

drop table billing.usage_prices;
alter table catalogue.plans
	drop column amount_minor,
	drop column currency,
	drop column seats,
	drop column included_bytes,
	drop column trial_days,
	-- Nobody new may begin with it; who has it keeps it.
	add column retired_at timestamptz;

create function catalogue.keep_version() returns trigger language plpgsql as $$
begin
	if old.on_offer_from is not null then
		raise exception 'Version % of the plan % is on offer and never changes.', old.version, old.plan_id
			using errcode = 'restrict_violation';
	end if;
	return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger keep_version before update or delete on catalogue.plan_versions
	for each row execute function catalogue.keep_version();

create function catalogue.keep_prices() returns trigger language plpgsql as $$
declare
	row catalogue.plan_prices := case when tg_op = 'DELETE' then old else new end;
	since timestamptz;
begin
	-- Waits for whoever puts it on offer just now.
	select on_offer_from into since from catalogue.plan_versions
		where plan_id = row.plan_id and version = row.version for share;
	if since is not null then
		raise exception 'Version % of the plan % is on offer and never changes.', row.version, row.plan_id
			using errcode = 'restrict_violation';
	end if;
	return row;
end $$;
create trigger keep_prices before insert or update or delete on catalogue.plan_prices
	for each row execute function catalogue.keep_prices();

grant select on catalogue.plan_versions, catalogue.plan_prices to portal_app;
grant select, insert, update on catalogue.plan_versions to portal_staff, portal_system;
grant select, insert, delete on catalogue.plan_prices to portal_staff, portal_system;
