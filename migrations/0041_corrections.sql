-- Events that were corrected, and those that correct them: a chain, from the original on. The last to come
-- counts, at the moment of the original, unless it came without data. An event in no chain counts by itself.
-- `key` and `original` are the keys of receipts, so a chain is known after its events have been dropped.
create table usage.corrections (
	key uuid not null,
	business_id text not null references businesses.businesses (id),
	original uuid not null,
	position integer not null check (position >= 0),
	counts boolean not null,
	-- The time that a correction itself gives; it is counted at that of its original.
	sent_at timestamptz,
	check ((position = 0) = (key = original)),
	check ((position = 0) = (sent_at is null))
);
select platform.tenant_table('usage.corrections', 'key', '');
alter table usage.corrections add unique (business_id, original, position);
create unique index corrections_counting on usage.corrections (business_id, original) where counts;

-- Hours in which a correction took the last occurrence of a value out. Processes remember which values they
-- have seen written, and are told here that in these hours they may be wrong.
create table usage.taken_out (
	hour timestamptz not null check (extract(epoch from hour) % 3600 = 0),
	business_id text not null references businesses.businesses (id),
	meter_id text not null references usage.meters (id)
);
select platform.tenant_table('usage.taken_out', 'meter_id, hour', '');
