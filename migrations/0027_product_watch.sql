-- How often in a row a product has not answered the watch, and when it last did not.
alter table catalogue.products
	add column silent_checks integer not null default 0 check (silent_checks >= 0),
	add column silent_at timestamptz;
