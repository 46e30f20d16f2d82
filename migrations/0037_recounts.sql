-- A recount: from an hour on, a meter's totals are made anew from the events, business by business and piece
-- by piece. Writers know of those that are open, and keep out of a piece's way while it is made.
create table usage.recounts (
	id text primary key,
	meter_id text not null references usage.meters (id),
	from_hour timestamptz not null check (extract(epoch from from_hour) % 3600 = 0),
	-- Where it goes on: businesses before this one are done, and hours of this one before that.
	at_business text not null default '',
	at_hour timestamptz not null,
	asked_at timestamptz not null,
	finished_at timestamptz
);
create unique index recounts_open on usage.recounts (meter_id) where finished_at is null;
grant select, insert, update (at_business, at_hour, finished_at) on usage.recounts to portal_system;
grant delete on usage.minutes to portal_system;
