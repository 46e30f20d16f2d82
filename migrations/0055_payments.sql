create schema payments;
grant usage on schema payments to portal_app, portal_staff, portal_system;

-- Receipts have numbers of their own, without gaps as those of invoices.
insert into billing.series (slug, prefix, next) values ('receipts', 'RCT', 1);

-- Money that came in.
create table payments.payments (
	business_id text not null references businesses.businesses (id),
	id text not null,
	-- Of the receipt for it.
	series text not null default 'receipts' references billing.series (slug),
	sequence integer not null check (sequence > 0),
	number text not null check (number <> ''),
	-- Who brought word of it, such as bank_transfer.
	provider text not null check (provider ~ '^[a-z][a-z0-9_]{1,30}$'),
	method text not null check (method in ('bank', 'card', 'cash', 'mpesa')),
	-- What the bank or the provider calls it.
	reference text not null check (reference <> ''),
	-- Who sent it, where that is known and worth a word.
	payer text check (payer <> ''),
	amount_minor bigint not null check (amount_minor between 1 and 999999999999999),
	currency text not null check (currency ~ '^[A-Z]{3}$'),
	-- What of it counted towards no invoice, and is the customer's to use.
	credit_minor bigint not null check (credit_minor between 0 and amount_minor),
	received_on date not null,
	recorded_at timestamptz not null,
	recorded_by text not null,
	-- When it turned out not to have come, such as a cheque that bounced.
	reversed_on date,
	reversal_reason text check (reversal_reason <> ''),
	check ((reversed_on is null) = (reversal_reason is null)),
	check (reversed_on >= received_on)
);
select platform.tenant_table('payments.payments', 'id', 'select');
alter table payments.payments add constraint payments_number unique (business_id, number);
create index payments_by_day on payments.payments (business_id, received_on, sequence);
-- The same money is never counted twice, however its reference is written; what was reversed may come again.
create unique index payments_known on payments.payments
	(business_id, method, upper(regexp_replace(reference, '\s', '', 'g')))
	where reversed_on is null;

-- What a payment counted towards when it came, as its receipt says.
create table payments.allocations (
	payment_id text not null,
	position integer not null check (position > 0),
	invoice_id text not null,
	invoice_number text not null,
	amount_minor bigint not null check (amount_minor > 0)
);
select platform.tenant_table('payments.allocations', 'payment_id, position', 'select');
alter table payments.allocations add foreign key (business_id, payment_id)
	references payments.payments (business_id, id);
alter table payments.allocations add constraint allocations_invoice
	unique (business_id, payment_id, invoice_id);
create index allocations_of_invoice on payments.allocations (business_id, invoice_id);

-- Credit that was paid back.
create table payments.refunds (
	business_id text not null references businesses.businesses (id),
	id text not null,
	provider text not null check (provider ~ '^[a-z][a-z0-9_]{1,30}$'),
	method text not null check (method in ('bank', 'card', 'cash', 'mpesa')),
	reference text not null check (reference <> ''),
	amount_minor bigint not null check (amount_minor between 1 and 999999999999999),
	currency text not null check (currency ~ '^[A-Z]{3}$'),
	paid_on date not null,
	reason text not null check (reason <> ''),
	recorded_at timestamptz not null,
	recorded_by text not null
);
select platform.tenant_table('payments.refunds', 'id', 'select');
create unique index refunds_known on payments.refunds
	(business_id, method, upper(regexp_replace(reference, '\s', '', 'g')));

-- What a customer says to have withheld, until it was looked at.
create table payments.certificate_claims (
	id text not null,
	number text not null check (number <> ''),
	certified_on date not null,
	amount_minor bigint not null check (amount_minor between 1 and 999999999999999),
	currency text not null check (currency ~ '^[A-Z]{3}$'),
	invoice_id text not null,
	invoice_number text not null,
	claimed_at timestamptz not null,
	claimed_by text not null,
	outcome text check (outcome in ('confirmed', 'refused')),
	outcome_at timestamptz,
	outcome_reason text check (outcome_reason <> ''),
	check ((outcome is null) = (outcome_at is null)),
	check ((outcome = 'refused') = (outcome_reason is not null))
);
select platform.tenant_table('payments.certificate_claims', 'id', 'select, insert');
alter table payments.certificate_claims add foreign key (business_id, invoice_id)
	references billing.invoices (business_id, id);
create unique index certificate_claims_known on payments.certificate_claims
	(business_id, upper(regexp_replace(number, '\s', '', 'g')), invoice_id)
	where outcome is distinct from 'refused';

-- Withholding VAT: what a customer paid to the tax authority in the vendor's name.
create table payments.certificates (
	business_id text not null references businesses.businesses (id),
	id text not null,
	number text not null check (number <> ''),
	certified_on date not null,
	amount_minor bigint not null check (amount_minor between 1 and 999999999999999),
	currency text not null check (currency ~ '^[A-Z]{3}$'),
	credit_minor bigint not null check (credit_minor between 0 and amount_minor),
	claim_id text,
	recorded_at timestamptz not null,
	recorded_by text not null,
	-- When it was found that it should not have been counted.
	reversed_on date,
	reversal_reason text check (reversal_reason <> ''),
	check ((reversed_on is null) = (reversal_reason is null)),
	check (reversed_on >= certified_on)
);
select platform.tenant_table('payments.certificates', 'id', 'select');
alter table payments.certificates add foreign key (business_id, claim_id)
	references payments.certificate_claims (business_id, id);
create unique index certificates_known on payments.certificates
	(business_id, upper(regexp_replace(number, '\s', '', 'g')))
	where reversed_on is null;

create table payments.certificate_allocations (
	certificate_id text not null,
	position integer not null check (position > 0),
	invoice_id text not null,
	invoice_number text not null,
	-- What the certificate says of this invoice, and what of that it still asked for.
	certified_minor bigint not null check (certified_minor > 0),
	amount_minor bigint not null check (amount_minor between 0 and certified_minor)
);
select platform.tenant_table('payments.certificate_allocations', 'certificate_id, position', 'select');
alter table payments.certificate_allocations add foreign key (business_id, certificate_id)
	references payments.certificates (business_id, id);
create index certificate_allocations_of_invoice
	on payments.certificate_allocations (business_id, invoice_id);

-- Asking a provider for money: one row a try, from the request to its end.
create table payments.attempts (
	business_id text not null references businesses.businesses (id),
	id text not null,
	-- Whoever asks again with the same key gets the same attempt.
	key text not null check (key <> ''),
	provider text not null check (provider ~ '^[a-z][a-z0-9_]{1,30}$'),
	method text not null check (method in ('bank', 'card', 'cash', 'mpesa')),
	amount_minor bigint not null check (amount_minor between 1 and 999999999999999),
	currency text not null check (currency ~ '^[A-Z]{3}$'),
	invoice_numbers text[] not null,
	state text not null check (state in ('asked', 'pending', 'succeeded', 'failed')),
	-- What the provider calls the request; its answers are found by it.
	provider_reference text,
	failure_code text,
	failure_message text,
	payment_id text,
	asked_at timestamptz not null,
	-- When the provider is asked how it stands, if no answer has come by then.
	look_at timestamptz,
	ended_at timestamptz,
	check ((state = 'succeeded') = (payment_id is not null)),
	check ((state in ('succeeded', 'failed')) = (ended_at is not null))
);
select platform.tenant_table('payments.attempts', 'id', 'select');
alter table payments.attempts add constraint attempts_key unique (business_id, key);
alter table payments.attempts add foreign key (business_id, payment_id)
	references payments.payments (business_id, id);
create unique index attempts_provider_reference on payments.attempts
	(business_id, provider, provider_reference);
create index attempts_open on payments.attempts (look_at) where ended_at is null;

-- Where customers send their transfers: the vendor's own accounts.
create table payments.bank_accounts (
	slug text primary key check (slug ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
	bank text not null check (bank <> ''),
	branch text check (branch <> ''),
	holder text not null check (holder <> ''),
	account_number text not null check (account_number <> ''),
	-- Null: for whatever currency.
	currency text check (currency ~ '^[A-Z]{3}$'),
	swift text check (swift <> ''),
	position integer not null default 1
);
grant select on payments.bank_accounts to portal_app, portal_staff;
grant select, insert, update, delete on payments.bank_accounts to portal_system;

-- What came in is added and never changed, but for saying that it did not come after all. Staff look.
revoke update, delete on payments.payments, payments.allocations, payments.refunds,
	payments.certificates, payments.certificate_allocations from portal_system;
revoke delete on payments.certificate_claims, payments.attempts from portal_system;
grant update (reversed_on, reversal_reason) on payments.payments, payments.certificates to portal_system;
revoke insert, update, delete on payments.payments, payments.allocations, payments.refunds,
	payments.certificates, payments.certificate_allocations, payments.certificate_claims,
	payments.attempts from portal_staff;
