-- What settles an invoice says how it came and what is printed on it, so that the invoice can tell it.
alter table billing.settlements
	add column method text check (method in ('bank', 'card', 'cash', 'mpesa')),
	add column reference text check (reference <> '');
update billing.settlements settlement set method = payment.method, reference = payment.reference
from billing.payments payment
where payment.business_id = settlement.business_id and payment.id = settlement.source_id
	and settlement.source_kind = 'payment';
alter table billing.settlements
	add check ((source_kind = 'payment') = (method is not null)),
	add check ((source_kind in ('payment', 'withholding')) = (reference is not null));

-- The parties as they were when the receipt was written.
alter table payments.payments add column seller jsonb, add column customer jsonb;

-- What was received before there were receipts gets its receipt now, in the order in which it was recorded.
with old as (
	select payment.*, invoice.number as invoice_number, invoice.seller, invoice.customer,
		row_number() over (order by payment.recorded_at, payment.id) as sequence,
		-- References were told apart by spaces and capitals once.
		row_number() over (
			partition by payment.business_id, payment.method, upper(regexp_replace(payment.reference, '\s', '', 'g'))
			order by payment.recorded_at, payment.id
		) as same
	from billing.payments payment
	join billing.invoices invoice on invoice.business_id = payment.business_id
		and invoice.id = payment.invoice_id
),
carried as (
	insert into payments.payments (business_id, id, sequence, number, provider, method, reference,
		amount_minor, currency, credit_minor, received_on, recorded_at, recorded_by, seller, customer)
	select business_id, id, sequence,
		'RCT-' || extract(year from received_on) || '-'
			|| case when sequence < 10000 then lpad(sequence::text, 4, '0') else sequence::text end,
		'by_hand', method, reference || case when same > 1 then ' (' || same || ')' else '' end,
		amount_minor, currency, 0, received_on, recorded_at, 'before receipts', seller, customer
	from old
)
insert into payments.allocations (business_id, payment_id, position, invoice_id, invoice_number, amount_minor)
select business_id, id, 1, invoice_id, invoice_number, amount_minor from old;

update billing.series set next = (select count(*) + 1 from billing.payments) where slug = 'receipts';

-- Foreign keys that wait for the end of the transaction are looked at now: such a table cannot be altered.
set constraints all immediate;
alter table payments.payments alter column seller set not null, alter column customer set not null;
drop table billing.payments;
set constraints all deferred;
