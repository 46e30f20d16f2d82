alter table webhooks.messages
	-- While it lasts, one process has the message in hand. When that process is killed it runs out, and the
	-- message is sent again with the same id.
	add column claimed_until timestamptz,
	-- Asked for by staff; sent at once, whatever the status, and empty again after that try.
	add column resend_at timestamptz;
create index messages_resend on webhooks.messages (resend_at) where resend_at is not null;
create index messages_order on webhooks.messages (business_id, product_id, created_at, id);

-- The secret before this one signs along for a day, so that a product can change over without a gap.
alter table catalogue.products
	add column webhook_former_secret_sealed bytea,
	add column webhook_secret_changed_at timestamptz;
