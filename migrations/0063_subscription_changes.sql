alter table billing.subscriptions
	-- Whoever thinks better of a pause on its first day has it end on that day.
	drop constraint subscriptions_check6,
	add constraint subscriptions_pause
		check (resumes_on is null or (paused_on is not null and resumes_on >= paused_on));

-- What a cancellation or a pause would give back is dropped when that is taken back: billed, by no document.
grant update (billed_at) on billing.pending_lines to portal_app;
