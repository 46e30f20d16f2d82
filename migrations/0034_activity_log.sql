-- The log at any size: what an entry is about, how it is found, how long it is kept.
alter table activity.entries
	-- What people look for, as a group of kinds: modules/activity/fields.ts.
	add column field text check (field ~ '^[a-z-]{1,20}$'),
	-- Whom it was done to, where that is not who did it.
	add column about_id text references identity.persons (id),
	add column device text check (device in ('phone', 'tablet', 'computer')),
	-- The network address of a sign-in; taken away after 90 days.
	add column address text check (length(address) <= 100),
	-- Done by the vendor's staff, for this reason.
	add column by_vendor boolean not null default false,
	add column reason text check (length(reason) <= 500),
	-- What it can be found by. The business is a word of it, so that a word that many businesses use is
	-- looked up together with the business and costs each no more than its own.
	add column words tsvector;

update activity.entries e set
	field = case
		when e.kind = 'reported' then 'work'
		when e.kind = 'launched' then 'launches'
		when e.kind = 'signed_in' then 'sign-ins'
		when e.kind = 'member_added' then 'team'
		when e.kind in ('access_requested', 'access_granted', 'access_removed', 'signed_out') then 'access'
		when e.kind in ('export_asked', 'export_reported') then 'exports'
		when e.kind = 'settings_changed' then 'settings'
		when e.kind in ('trial_started', 'invoice_issued', 'payment_received') then 'billing'
		else 'support'
	end,
	words = to_tsvector('english', concat_ws(' ', e.person_name, replace(e.kind, '_', ' '), p.name, e.what, e.place))
		|| jsonb_to_tsvector('english', e.params, '["string"]') || array_to_tsvector(array[e.business_id])
from activity.entries same left join catalogue.products p on p.id = same.product_id
where same.business_id = e.business_id and same.id = e.id;
alter table activity.entries
	alter column field set not null,
	alter column words set not null;

-- Each filter is read from its newest end, and so is each part of what a member may see.
create index entries_of_field on activity.entries (business_id, field, occurred_at desc, id desc);
-- Both at once: a product may never have had what the whole business has a lot of, and the other way round.
create index entries_of_product_and_field on activity.entries
	(business_id, product_id, field, occurred_at desc, id desc);
create index entries_about on activity.entries (business_id, about_id, occurred_at desc, id desc)
	where about_id is not null;
create index entries_by_products on activity.entries (business_id, product_id, occurred_at desc, id desc)
	where person_name is null and field = 'work';
create index entries_signed_in on activity.entries (business_id, person_id, device) where kind = 'signed_in';
create index entries_words on activity.entries using gin (words) with (gin_pending_list_limit = 512);
create index entries_addresses on activity.entries (occurred_at) where address is not null;

-- The ids of what is found, newest first. Row-level security lets no index look for words before it has
-- looked at every row, so this looks as the owner and confines itself to the business of the door.
-- What is said often is among the newest; what is not there is rare, and the index of words has it.
create function activity.search(
	asked text,
	narrowed jsonb,
	before_at timestamptz,
	before_id text,
	most integer
) returns table (id text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
	business text := platform.current_business();
	wanted tsquery;
	conditions text;
	found integer;
begin
	-- Each word may go on, so that half a word finds too; to_tsquery brings them to their stems.
	select string_agg(format('%L:*', word), ' & ') into asked
	from regexp_split_to_table(lower(asked), '[^[:alnum:]]+') word where word <> '';
	wanted := to_tsquery('english', coalesce(asked, ''));
	if numnode(wanted) = 0 then
		return;
	end if;
	select concat_ws(' and ', format('e.business_id = %L', business),
		case when narrowed ? 'person' then format('e.person_id = %L', narrowed ->> 'person') end,
		case when narrowed ? 'about' then format('e.about_id = %L', narrowed ->> 'about') end,
		case when narrowed ? 'product' then format('e.product_id = %L', narrowed ->> 'product') end,
		case when narrowed ? 'field' then format('e.field = %L', narrowed ->> 'field') end,
		case when narrowed ? 'byItself' then 'e.person_name is null and e.field = ''work''' end,
		case when narrowed ? 'from' then format('e.occurred_at >= %L', narrowed ->> 'from') end,
		case when narrowed ? 'to' then format('e.occurred_at < %L', narrowed ->> 'to') end,
		case when before_at is not null then
			format('(e.occurred_at, e.id) < (%L, %L)', before_at, before_id) end) into conditions;
	return query execute format(
		'select n.id from (
			select e.id, e.occurred_at, e.words from activity.entries e where %s
			order by e.occurred_at desc, e.id desc limit 20000
		) n where n.words @@ $1 order by n.occurred_at desc, n.id desc limit $2', conditions)
		using wanted, most;
	get diagnostics found = row_count;
	if found = most then
		return;
	end if;
	-- Those again, and what lies further back: the caller takes each once.
	return query execute format(
		'with f as materialized (
			select e.id, e.occurred_at from activity.entries e where %s and e.words @@ $1
		) select f.id from f order by f.occurred_at desc, f.id desc limit $2', conditions)
		using wanted && quote_literal(business)::tsquery, most;
end $$;
revoke execute on function activity.search(text, jsonb, timestamptz, text, integer) from public;
grant execute on function activity.search(text, jsonb, timestamptz, text, integer) to portal_app;

-- How long a business keeps its log; without a row for ever.
create table activity.retention (
	business_id text not null unique references businesses.businesses (id),
	months smallint not null check (months in (12, 24, 36, 60, 84))
);
select platform.tenant_table('activity.retention', 'months', 'select, insert, update, delete');

-- Entries still never change: what is too old goes, and the address of a sign-in before it.
grant delete on activity.entries to portal_system;
grant update (address) on activity.entries to portal_system;
