-- Invoices say how each line came about and how it is taxed, can be credited, adjusted, made void and given
-- up, and what settles them is written down whatever it is: a payment, a credit note, credit, withheld tax.

insert into billing.series (slug, prefix, next) values ('credit-notes', 'CRN', 1), ('debit-notes', 'DBN', 1);

-- Civil days that a customer has to pay, where nobody says otherwise.
alter table billing.seller add column days_to_pay integer not null default 30
	check (days_to_pay between 0 and 365);

alter table billing.invoices
	add column kind text not null default 'invoice' check (kind in ('invoice', 'debit_note')),
	-- Of a debit note: the invoice that asked for too little.
	add column corrects_invoice_id text,
	-- What the customer wants to find it by, such as an order's number.
	add column customer_reference text check (customer_reference <> ''),
	-- What discounts took off the lines.
	add column discount_minor bigint not null default 0 check (discount_minor >= 0),
	add column voided_on date,
	-- Since when nobody expects it to be paid.
	add column given_up_on date,
	-- Why it is void or was given up.
	add column reason text check (reason <> '');
update billing.invoices set voided_on = issued_on where status = 'void';
update billing.invoices set given_up_on = due_on where status = 'uncollectible';
alter table billing.invoices
	alter column kind drop default,
	add check ((kind = 'debit_note') = (corrects_invoice_id is not null)),
	add check ((status = 'void') = (voided_on is not null)),
	add check (status <> 'void' or paid_minor = 0),
	add check ((status = 'uncollectible') = (given_up_on is not null)),
	add foreign key (business_id, corrects_invoice_id) references billing.invoices (business_id, id);
create index invoices_correcting on billing.invoices (business_id, corrects_invoice_id)
	where corrects_invoice_id is not null;
create index invoices_by_age on billing.invoices (business_id, issued_on, id);
grant update (voided_on, given_up_on, reason) on billing.invoices to portal_system;

alter table billing.invoice_lines
	add column kind text check (kind in ('plan', 'seat', 'usage', 'minimum', 'one_off', 'credit', 'charge',
		'late_usage', 'adjustment', 'other')),
	add column subscription_id text,
	-- The price of the subscription's plan version that it was reckoned by.
	add column price_slug text,
	add column tax_class text check (tax_class in ('standard', 'reduced', 'zero', 'exempt')),
	-- Whether quantity, unit and amount are with their tax.
	add column tax_included boolean,
	-- What discounts take off the amount.
	add column discount_minor bigint not null default 0 check (discount_minor >= 0),
	-- Major units, before the rounding.
	add column exact_amount numeric,
	-- How the amount came about, as rating says it.
	add column steps jsonb check (jsonb_typeof(steps) = 'array'),
	-- Of a credit: the line that it gives back of.
	add column credits_invoice_id text,
	add column credits_position integer,
	-- What was given back of it, by credit notes and by lines of later invoices.
	add column credited_minor bigint not null default 0,
	-- Prices by tiers have no one unit, and what is agreed as a sum has no quantity.
	alter column quantity drop not null,
	alter column unit_minor drop not null;

with digits (currency, minor) as (
	values ('BIF', 0), ('CLP', 0), ('DJF', 0), ('GNF', 0), ('ISK', 0), ('JPY', 0), ('KMF', 0), ('KRW', 0),
		('PYG', 0), ('RWF', 0), ('UGX', 0), ('UYI', 0), ('VND', 0), ('VUV', 0), ('XAF', 0), ('XOF', 0), ('XPF', 0),
		('BHD', 3), ('IQD', 3), ('JOD', 3), ('KWD', 3), ('LYD', 3), ('OMR', 3), ('TND', 3)
)
update billing.invoice_lines line set
	kind = case when line.meter is not null then 'usage'
		when line.product_id is not null and line.period_start is not null then 'plan' else 'other' end,
	tax_class = case line.tax_rate when 8 then 'reduced' when 0 then 'zero' else 'standard' end,
	tax_included = false,
	exact_amount = trim_scale(line.quantity * line.unit_minor
		* (array[1, 0.1, 0.01, 0.001])[coalesce(digits.minor, 2) + 1])
from billing.invoices invoice left join digits on digits.currency = invoice.currency
where invoice.business_id = line.business_id and invoice.id = line.invoice_id;

alter table billing.invoice_lines
	alter column kind set not null,
	alter column tax_class set not null,
	alter column tax_included set not null,
	alter column exact_amount set not null,
	add check (discount_minor <= greatest(amount_minor, 0)),
	-- Nothing is given back that was not asked for, and of what was given back nothing more is taken back.
	add constraint invoice_lines_credited check (credited_minor between
		least(amount_minor, 0) and greatest(amount_minor - discount_minor, 0)),
	add check ((credits_invoice_id is null) = (credits_position is null)),
	add check (credits_invoice_id is null or amount_minor <= 0),
	add foreign key (business_id, subscription_id) references billing.subscriptions (business_id, id),
	add foreign key (business_id, credits_invoice_id, credits_position)
		references billing.invoice_lines (business_id, invoice_id, position);
create index invoice_lines_of_subscription on billing.invoice_lines (business_id, subscription_id)
	where subscription_id is not null;
create index invoice_lines_crediting on billing.invoice_lines
	(business_id, credits_invoice_id, credits_position) where credits_invoice_id is not null;
grant update (credited_minor) on billing.invoice_lines to portal_system;

-- Discounts by their names; what each took is in the lines.
create table billing.invoice_discounts (
	invoice_id text not null,
	position integer not null check (position > 0),
	label text not null check (label <> ''),
	-- What it takes of what is left by those before it; null where it is an amount.
	percent numeric check (percent > 0 and percent <= 100),
	amount_minor bigint not null check (amount_minor >= 0),
	-- Whose lines it takes from; null: all.
	subscription_id text
);
select platform.tenant_table('billing.invoice_discounts', 'invoice_id, position', 'select');
alter table billing.invoice_discounts
	add foreign key (business_id, invoice_id) references billing.invoices (business_id, id),
	add foreign key (business_id, subscription_id) references billing.subscriptions (business_id, id);

-- Tax by class, as printed.
create table billing.invoice_taxes (
	invoice_id text not null,
	tax_class text not null check (tax_class in ('standard', 'reduced', 'zero', 'exempt')),
	-- Per cent.
	rate numeric not null check (rate between 0 and 100),
	base_minor bigint not null,
	tax_minor bigint not null
);
select platform.tenant_table('billing.invoice_taxes', 'invoice_id, tax_class, rate', 'select');
alter table billing.invoice_taxes add foreign key (business_id, invoice_id)
	references billing.invoices (business_id, id);
insert into billing.invoice_taxes (business_id, invoice_id, tax_class, rate, base_minor, tax_minor)
select business_id, invoice_id, tax_class, trim_scale(tax_rate), sum(amount_minor),
	-- round() takes halves away from zero.
	round(sum(amount_minor) * tax_rate * 0.01)
from billing.invoice_lines
group by business_id, invoice_id, tax_class, tax_rate;

-- Not issued yet: it has no number, may change and may be thrown away.
create table billing.invoice_drafts (
	business_id text not null references businesses.businesses (id),
	id text not null,
	kind text not null check (kind in ('invoice', 'debit_note')),
	corrects_invoice_id text,
	currency text not null check (currency ~ '^[A-Z]{3}$'),
	customer_reference text check (customer_reference <> ''),
	lines jsonb not null check (jsonb_typeof(lines) = 'array'),
	discounts jsonb not null check (jsonb_typeof(discounts) = 'array'),
	-- Rises with each change: whoever changes or issues it says which they have seen.
	version integer not null check (version > 0),
	-- The name of the member of staff, or which command, key or job.
	made_by text not null check (made_by <> ''),
	made_at timestamptz not null,
	changed_at timestamptz not null,
	check ((kind = 'debit_note') = (corrects_invoice_id is not null))
);
select platform.tenant_table('billing.invoice_drafts', 'id', '');
alter table billing.invoice_drafts add foreign key (business_id, corrects_invoice_id)
	references billing.invoices (business_id, id);

-- What a customer wants to find on every invoice from now on, and on the next one alone.
create table billing.customer_references (
	business_id text not null references businesses.businesses (id),
	always boolean not null,
	reference text not null check (reference <> '' and length(reference) <= 80),
	said_at timestamptz not null
);
select platform.tenant_table('billing.customer_references', 'always');

-- What an invoice asked for and is given back: of some of its lines, of a part, or of all.
create table billing.credit_notes (
	business_id text not null references businesses.businesses (id),
	id text not null,
	series text not null references billing.series (slug),
	sequence integer not null check (sequence > 0),
	number text not null,
	invoice_id text not null,
	issued_on date not null,
	issued_at timestamptz not null,
	reason text not null check (reason <> ''),
	currency text not null check (currency ~ '^[A-Z]{3}$'),
	subtotal_minor bigint not null,
	tax_minor bigint not null,
	total_minor bigint not null check (total_minor >= 0),
	-- What of it the invoice still asked for; the rest became the customer's credit.
	settled_minor bigint not null check (settled_minor between 0 and total_minor),
	-- As on the invoice.
	seller jsonb not null,
	customer jsonb not null,
	customer_reference text,
	check (total_minor = subtotal_minor + tax_minor)
);
select platform.tenant_table('billing.credit_notes', 'id', 'select');
alter table billing.credit_notes
	add constraint credit_notes_number unique (business_id, number),
	add constraint credit_notes_sequence unique (business_id, series, sequence),
	add foreign key (business_id, invoice_id) references billing.invoices (business_id, id);
create index credit_notes_of_invoice on billing.credit_notes (business_id, invoice_id);
create index credit_notes_by_age on billing.credit_notes (business_id, issued_on, id);

create table billing.credit_note_lines (
	credit_note_id text not null,
	position integer not null check (position > 0),
	-- The line that it gives back of.
	invoice_id text not null,
	invoice_position integer not null,
	product_id text references catalogue.products (id),
	description text not null check (description <> ''),
	-- Before or with tax, as on the invoice. Less than nothing where the invoice's line was a credit.
	amount_minor bigint not null check (amount_minor <> 0),
	tax_class text not null check (tax_class in ('standard', 'reduced', 'zero', 'exempt')),
	tax_rate numeric not null check (tax_rate between 0 and 100),
	tax_included boolean not null
);
select platform.tenant_table('billing.credit_note_lines', 'credit_note_id, position', 'select');
alter table billing.credit_note_lines
	add foreign key (business_id, credit_note_id) references billing.credit_notes (business_id, id),
	add foreign key (business_id, invoice_id, invoice_position)
		references billing.invoice_lines (business_id, invoice_id, position);
create index credit_note_lines_of_invoice on billing.credit_note_lines
	(business_id, invoice_id, invoice_position);

create table billing.credit_note_taxes (
	credit_note_id text not null,
	tax_class text not null check (tax_class in ('standard', 'reduced', 'zero', 'exempt')),
	rate numeric not null check (rate between 0 and 100),
	base_minor bigint not null,
	tax_minor bigint not null
);
select platform.tenant_table('billing.credit_note_taxes', 'credit_note_id, tax_class, rate', 'select');
alter table billing.credit_note_taxes add foreign key (business_id, credit_note_id)
	references billing.credit_notes (business_id, id);

-- What makes less to pay of an invoice. Less than nothing takes a settlement back: money that went back to
-- the bank, a write-off of what was paid after all.
create table billing.settlements (
	id text not null,
	invoice_id text not null,
	source_kind text not null check (source_kind in
		('payment', 'credit_note', 'credit', 'withholding', 'write_off')),
	-- The payment, the credit note, the certificate.
	source_id text,
	amount_minor bigint not null check (amount_minor <> 0),
	on_day date not null,
	recorded_at timestamptz not null,
	check ((source_id is null) = (source_kind in ('credit', 'write_off')))
);
select platform.tenant_table('billing.settlements', 'id', 'select');
alter table billing.settlements add foreign key (business_id, invoice_id)
	references billing.invoices (business_id, id);
create index settlements_of_invoice on billing.settlements (business_id, invoice_id, id);
create index settlements_from on billing.settlements (business_id, source_id) where source_id is not null;
insert into billing.settlements
	(business_id, id, invoice_id, source_kind, source_id, amount_minor, on_day, recorded_at)
select business_id, 'set_' || substr(id, 5), invoice_id, 'payment', id, amount_minor, received_on, recorded_at
from billing.payments;

revoke update, delete on billing.invoice_discounts, billing.invoice_taxes, billing.credit_notes,
	billing.credit_note_lines, billing.credit_note_taxes, billing.settlements from portal_system;
revoke insert, update, delete on billing.invoice_discounts, billing.invoice_taxes, billing.credit_notes,
	billing.credit_note_lines, billing.credit_note_taxes, billing.settlements,
	billing.customer_references from portal_staff;

-- Zero-rated and exempt have one rate and are told apart in a tax return.
alter table ledger.postings add column tax_class text
	check (tax_class in ('standard', 'reduced', 'zero', 'exempt'));
update ledger.postings set tax_class = case tax_rate when 8 then 'reduced' when 0 then 'zero' else 'standard' end
where tax_rate is not null;

-- What a void invoice asked for is owed no longer.
insert into ledger.entries
	(business_id, id, at, on_day, kind, document_kind, document_id, reference, currency)
select business_id, 'ent_' || substr(id, 5) || 'r', issued_at, voided_on, 'reversed', 'invoice', id, number,
	currency
from billing.invoices where status = 'void';
insert into ledger.postings
	(business_id, entry_id, position, account, amount_minor, invoice_id, tax_rate, tax_class)
select posting.business_id, 'ent_' || substr(invoice.id, 5) || 'r', posting.position, posting.account,
	-posting.amount_minor, posting.invoice_id, posting.tax_rate, posting.tax_class
from billing.invoices invoice
join ledger.entries entry on entry.business_id = invoice.business_id and entry.document_kind = 'invoice'
	and entry.document_id = invoice.id and entry.kind = 'issued'
join ledger.postings posting on posting.business_id = entry.business_id and posting.entry_id = entry.id
where invoice.status = 'void';

-- What waits for the end of the transaction is looked at now: a table with such rows cannot be altered.
set constraints all immediate;
alter table ledger.postings
	add check ((account in ('revenue', 'tax')) = (tax_class is not null));
set constraints all deferred;
