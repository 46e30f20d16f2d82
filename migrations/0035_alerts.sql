-- Several alerts for one meter, of a number or of what the plan includes, by the calendar month, the day
-- or the period of the subscription, to chosen people in chosen ways.
alter table usage.alerts rename column month_limit to amount;
alter table usage.alerts
	drop constraint alerts_meter,
	alter column amount drop not null,
	add column limit_of text not null default 'number' check (limit_of in ('number', 'plan')),
	add column period text not null default 'month' check (period in ('month', 'day', 'subscription')),
	-- Null tells the owners and admins of the moment.
	add column people text[] check (cardinality(people) > 0),
	add column channels text[] not null default '{bell,mail}'
		check (cardinality(channels) > 0 and channels <@ '{bell,mail}'),
	-- What happens at the last mark besides being told: with `ask`, somebody who leads says what shall be done.
	add column action text not null default 'notify' check (action in ('notify', 'ask')),
	-- One that was removed stays with what it told and what was answered.
	add column removed_at timestamptz,
	add constraint alerts_limit check ((limit_of = 'number') = (amount is not null)),
	-- A plan includes something for a month or a period, and nothing for a day.
	add constraint alerts_plan check (limit_of <> 'plan' or period <> 'day');
create unique index alerts_once on usage.alerts (business_id, meter_id, period, limit_of, amount)
	nulls not distinct where removed_at is null;
revoke delete on usage.alerts from portal_app;

alter table usage.alert_firings rename column month_limit to amount;
alter table usage.alert_firings
	drop constraint alert_firings_period_check,
	-- The day after the last: together they tell a day from the month that begins with it.
	add column period_end date;
update usage.alert_firings set period_end = (period + interval '1 month')::date;
alter table usage.alert_firings
	alter column period_end set not null,
	add check (period_end > period);
create index alert_firings_newest on usage.alert_firings (business_id, fired_at);

-- What those who lead a business are asked when the last mark of an alert is reached; answered once.
create table usage.alert_questions (
	business_id text not null,
	alert_id text not null,
	period date not null,
	period_end date not null check (period_end > period),
	-- The limit that was reached. A raised one may be reached again, and is asked about anew.
	amount numeric not null,
	asked_at timestamptz not null,
	answer text check (answer in ('raised', 'plan', 'left')),
	-- What the limit was raised to.
	raised_to numeric check (raised_to > amount),
	answered_at timestamptz check (answered_at >= asked_at),
	answered_by text references identity.persons (id),
	check ((answer is null) = (answered_at is null) and (answer is null) = (answered_by is null)),
	check ((answer is not distinct from 'raised') = (raised_to is not null))
);
select platform.tenant_table('usage.alert_questions', 'alert_id, period, period_end, amount', 'select');
grant update (answer, raised_to, answered_at, answered_by) on usage.alert_questions to portal_app;
alter table usage.alert_questions add foreign key (business_id, alert_id)
	references usage.alerts (business_id, id);
