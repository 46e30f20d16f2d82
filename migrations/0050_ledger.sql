create schema ledger;
grant usage on schema ledger to portal_app, portal_staff, portal_system;

-- Double entry: what happened to a document, and between which accounts its money went. Entries are added
-- and never changed; a mistake is made good by a further entry.
create table ledger.entries (
	business_id text not null references businesses.businesses (id),
	id text not null,
	-- When it was written.
	at timestamptz not null,
	-- The document's own day, in the zone of the business.
	on_day date not null,
	-- What happened to the document.
	kind text not null check (kind ~ '^[a-z_]{1,20}$'),
	document_kind text not null check (document_kind ~ '^[a-z_]{1,20}$'),
	document_id text not null,
	-- What is printed on the document: an invoice's number, what the bank calls a payment.
	reference text not null check (reference <> ''),
	currency text not null check (currency ~ '^[A-Z]{3}$')
);
select platform.tenant_table('ledger.entries', 'id', 'select');
-- Nothing is posted twice.
alter table ledger.entries add constraint entries_document
	unique (business_id, document_kind, document_id, kind);
create index entries_by_day on ledger.entries (business_id, on_day, id);

create table ledger.postings (
	entry_id text not null,
	position integer not null check (position > 0),
	account text not null check (account in
		('receivable', 'revenue', 'tax', 'cash', 'credit', 'withholding', 'written_off')),
	-- Debit is more than nothing, credit less.
	amount_minor bigint not null check (amount_minor <> 0),
	-- On what is owed: for which invoice.
	invoice_id text check ((account = 'receivable') = (invoice_id is not null)),
	-- On revenue and tax: by which rate, per cent.
	tax_rate numeric check (tax_rate between 0 and 100),
	check ((account in ('revenue', 'tax')) = (tax_rate is not null))
);
select platform.tenant_table('ledger.postings', 'entry_id, position', 'select');
alter table ledger.postings add foreign key (business_id, entry_id)
	references ledger.entries (business_id, id);
create index postings_of_account on ledger.postings (business_id, account, entry_id);
create index postings_of_invoice on ledger.postings (business_id, invoice_id, entry_id)
	where invoice_id is not null;

revoke update, delete on ledger.entries, ledger.postings from portal_system;
revoke insert, update, delete on ledger.entries, ledger.postings from portal_staff;

-- What was issued and received before there was a ledger, dated as the documents. Of an entry its id keeps
-- the age of its document. What an invoice comes to is reckoned from its lines, as verifying does.
insert into ledger.entries
	(business_id, id, at, on_day, kind, document_kind, document_id, reference, currency)
select business_id, 'ent_' || substr(id, 5), issued_at, issued_on, 'issued', 'invoice', id, number, currency
from billing.invoices
union all
select business_id, 'ent_' || substr(id, 5), recorded_at, received_on, 'received', 'payment', id, reference,
	currency
from billing.payments;

with bases as (
	select business_id, invoice_id, trim_scale(tax_rate) as tax_rate, sum(amount_minor) as base
	from billing.invoice_lines
	group by business_id, invoice_id, trim_scale(tax_rate)
),
taxed as (
	-- round() takes halves away from zero.
	select business_id, invoice_id, tax_rate, base, round(base * tax_rate * 0.01) as tax from bases
),
parts as (
	select business_id, invoice_id, 1 as place, 'receivable' as account, sum(base + tax) as amount,
		null::numeric as tax_rate
	from taxed group by business_id, invoice_id
	union all
	select business_id, invoice_id, 2, 'revenue', -base, tax_rate from taxed
	union all
	select business_id, invoice_id, 3, 'tax', -tax, tax_rate from taxed
)
insert into ledger.postings
	(business_id, entry_id, position, account, amount_minor, invoice_id, tax_rate)
select business_id, 'ent_' || substr(invoice_id, 5),
	row_number() over (partition by business_id, invoice_id order by place, tax_rate desc),
	account, amount, case when account = 'receivable' then invoice_id end, tax_rate
from parts where amount <> 0;

insert into ledger.postings (business_id, entry_id, position, account, amount_minor, invoice_id)
select business_id, 'ent_' || substr(id, 5), 1, 'cash', amount_minor, null from billing.payments
union all
select business_id, 'ent_' || substr(id, 5), 2, 'receivable', -amount_minor, invoice_id
from billing.payments;

-- An entry that does not balance cannot be committed, whoever writes it. Looked at when the transaction
-- ends, since its postings come one after the other.
create function ledger.check_balance() returns trigger language plpgsql as $$
declare
	business text;
	entry text;
	postings integer;
	balance numeric;
begin
	if tg_table_name = 'entries' then
		business := new.business_id;
		entry := new.id;
	elsif tg_op = 'DELETE' then
		business := old.business_id;
		entry := old.entry_id;
	else
		business := new.business_id;
		entry := new.entry_id;
	end if;
	select count(p.position), coalesce(sum(p.amount_minor), 0) into postings, balance
	from ledger.entries e
	left join ledger.postings p on p.business_id = e.business_id and p.entry_id = e.id
	where e.business_id = business and e.id = entry
	group by e.id;
	if found and (postings < 2 or balance <> 0) then
		raise exception 'the entry % does not balance: % postings come to %', entry, postings, balance
			using errcode = 'check_violation', constraint = 'entries_balance';
	end if;
	return null;
end $$;
create constraint trigger entries_balance after insert or update on ledger.entries
	deferrable initially deferred for each row execute function ledger.check_balance();
create constraint trigger postings_balance after insert or update or delete on ledger.postings
	deferrable initially deferred for each row execute function ledger.check_balance();
