-- What somebody did of one kind, or in one product, is read in order too: without it a kind that they never
-- had costs a look at everything they ever did (modules/activity/feed.ts asks for it key by key).
create index entries_of_person_field_product on activity.entries
	(business_id, person_id, field, product_id, occurred_at desc, id desc);
