-- Of one kind a business asks a product for one export at a time.
create unique index exports_open on launch.exports (business_id, product_id, kind)
	where status in ('asked', 'preparing');
-- A product reports an export by its id alone.
create index exports_id on launch.exports (id);
