-- The money core: events instead of payments, terms as data, accrual as columns, closes in shards, four eyes.
-- check before: the first version's tables are here
select exists (select from pg_tables where schemaname = 'public' and tablename = 'payment');

-- apply
create table event (                      -- what happened to a line's loans; the state is a function of these
  tenant_id   text not null,
  event_id    text not null,
  line_id     text not null,
  kind        text not null,
  loan_id     text not null,              -- '' where it is the line's
  value_date  date not null,
  amount      bigint not null,
  body        text not null,              -- canonical JSON of what is particular to the kind
  recorded_at timestamptz not null default now(),
  primary key (tenant_id, event_id),
  foreign key (tenant_id, line_id) references line
);
create index event_by_line on event (line_id, value_date);

insert into event (tenant_id, event_id, line_id, kind, loan_id, value_date, amount, body)
select p.tenant_id, 'v010:' || p.loan_id || ':' || lpad(p.number::text, 6, '0'), l.line_id, 'payment', p.loan_id,
       p.value_date, p.amount, json_build_object('amount', p.amount)::text
from payment p join loan l using (tenant_id, loan_id) where p.source = 'cash'
union all                                 -- money above what the whole line owed; sorted after that day's payments
select e.tenant_id, 'v010:z:' || e.entry_id, e.line_id, 'payment', '', e.value_date, p.amount,
       json_build_object('amount', p.amount)::text
from journal_entry e join journal_posting p using (tenant_id, entry_id)
where e.kind = 'overpaid' and p.account = 'cash';

alter table line drop constraint line_status_check;
alter table line
  add constraint line_status_check check (status in ('open', 'frozen', 'expired', 'closed')),
  add column bucket smallint not null generated always as ((hashtextextended(party_id, 7) & 255)::smallint) stored,
  add column frozen_because text not null default '',   -- late, or what a person wrote
  add column posted integer not null default 0,         -- movements of the line itself already in the journal
  add column draws integer not null default 0,          -- so far: numbers its loans, which orders those of one day
  add column last_event date,
  add column late_from date;                            -- from this day on it counts as frozen if nothing is paid
alter table line drop constraint line_credit_check;     -- below zero: the borrower owes back what was refunded to it
update line set
  posted = (select count(*) from journal_entry e
            where e.tenant_id = line.tenant_id and e.line_id = line.line_id and e.kind = 'overpaid'),
  last_event = (select max(day) from (
    select value_date as day from payout p where p.tenant_id = line.tenant_id and p.line_id = line.line_id
    union all
    select value_date from event e where e.tenant_id = line.tenant_id and e.line_id = line.line_id) days),
  draws = (select count(*) from payout p where p.tenant_id = line.tenant_id and p.line_id = line.line_id),
  late_from = opened_on,                                -- unknown: look before the next draw
  frozen_because = case status when 'frozen' then 'late' else '' end;

create table sub_limit (                  -- a part of a line's limit for one partner or product
  tenant_id    text not null,
  line_id      text not null,
  name         text not null check (name <> ''),
  credit_limit bigint not null check (credit_limit >= 0),
  primary key (tenant_id, line_id, name),
  foreign key (tenant_id, line_id) references line
);

create table line_change (                -- who changed a line's limit or status, when and why
  tenant_id   text not null,
  change_id   text not null,
  line_id     text not null,
  value_date  date not null,
  what        text not null,
  was         text not null,
  becomes     text not null,
  because     text not null,
  person      text not null,
  recorded_at timestamptz not null default now(),
  primary key (tenant_id, change_id),
  foreign key (tenant_id, line_id) references line
);
create index line_change_by_line on line_change (line_id);

alter table payout add column sub_limit text not null default '';
create index payout_on_its_way on payout (line_id) where status = 'ordered';

alter table loan
  add column bucket smallint not null generated always as ((hashtextextended(party_id, 7) & 255)::smallint) stored,
  add column product_id text,
  add column product_hash text,
  add column sub_limit text not null default '',
  add column terms text,                  -- JSON: what was agreed when it was drawn
  add column book bigint not null default 0,              -- principal on the books: none of it once written off
  add column late integer not null default 0,             -- days past due when it was last touched
  add column as_of date,                  -- it was last touched at the end of this day; from here it is a straight line:
  add column off_balance boolean not null default false,
  add column billed bigint not null default 0,            -- interest asked for and unpaid
  add column run_since date,              -- what grows: min(cap, (whole x den + part + slope x day count) / den)
  add column run_whole bigint not null default 0,
  add column run_part bigint not null default 0,
  add column run_slope bigint not null default 0,
  add column run_cap bigint not null default 4611686018427387904,
  add column penal bigint[] not null default '{}',        -- five numbers each: since, whole, part, slope, less
  add column day_count smallint not null default 0,
  add column rounding smallint not null default 0;

update loan set
  product_id = line.product_id, product_hash = line.product_hash,
  terms = jsonb_strip_nulls(jsonb_build_object(
    'principal', loan.amount, 'drawn_on', loan.drawn_on, 'matures_on', loan.matures_on,
    'repayment', jsonb_build_object('method', 'revolving', 'periods', 0, 'due_day', loan.due_day),
    'interest', jsonb_build_object('annual_rate', trim_scale(loan.annual_rate)::text,
                                   'day_count', case loan.day_basis when 365 then 'act/365f' end)
  ))::jsonb || '{"allocation": {"orders": [{"until": null, "mode": "horizontal",
                 "buckets": ["fee", "compound", "penalty", "interest", "principal"]}]}}'::jsonb,
  book = loan.principal,
  day_count = case loan.day_basis when 365 then 1 else 0 end,
  -- What the journal holds today stands still until the next close looks at every loan and brings it up to date.
  as_of = greatest(loan.drawn_on, coalesce((select max(business_date) from business_day d
                                            where d.tenant_id = loan.tenant_id), loan.drawn_on)),
  run_since = loan.drawn_on,
  billed = coalesce((select sum(p.amount) from journal_entry e join journal_posting p using (tenant_id, entry_id)
                     where e.tenant_id = loan.tenant_id and e.loan_id = loan.loan_id
                       and p.account = 'interest_receivable'), 0),
  posted = (select count(*) from journal_entry e
            where e.tenant_id = loan.tenant_id and e.loan_id = loan.loan_id and e.kind <> 'billed')
from line where line.tenant_id = loan.tenant_id and line.line_id = loan.line_id;
update loan set next_on = as_of + 1 where next_on is not null;
alter table loan
  alter column terms set not null, alter column product_id set not null, alter column product_hash set not null,
  alter column as_of set not null, alter column run_since set not null,
  drop column annual_rate, drop column day_basis, drop column due_day, drop column matures_on;
drop index loan_awaiting;
create index loan_awaiting on loan (bucket, next_on, tenant_id); -- counted without reading the loans
create index line_by_bucket on line (bucket, expires_on);
create index loan_late on loan (bucket) where penal <> '{}';

drop index line_by_party, loan_by_line, journal_by_line, decision_by_party;
create index line_by_party on line (party_id);
create index loan_by_line on loan (line_id);
create index journal_by_line on journal_entry (line_id);
create index decision_by_party on decision (party_id, as_of);
-- Every transaction would lock the one row of its tenant; the policies say whose rows these are.
alter table step drop constraint step_tenant_id_fkey;
alter table audit drop constraint audit_tenant_id_fkey;
alter table loan set (fillfactor = 80);
alter table line set (fillfactor = 80);
drop table payment;

alter table journal_entry
  add column reverses text,
  add column product_id text not null default '';         -- of an accrual of many loans; else the loan says it
create unique index journal_reversed_once on journal_entry (reverses, tenant_id) where reverses is not null;

-- A posting belongs to an entry, and an entry balances: asked once a statement, not for each posting as a foreign key
-- does. Neither table loses rows, so nothing else has to be watched.
alter table journal_posting drop constraint journal_posting_tenant_id_entry_id_fkey;
create or replace function check_balanced() returns trigger language plpgsql
set enable_seqscan = off as $$
begin
  if exists (
    select from added group by tenant_id, entry_id, funder having sum(amount) <> 0
  ) then
    raise exception 'INV-01: a journal entry does not balance';
  end if;
  if exists (
    select from (select distinct tenant_id, entry_id from added) a
    where (select e.number from journal_entry e where e.tenant_id = a.tenant_id and e.entry_id = a.entry_id) is null
  ) then
    raise exception 'a posting belongs to an entry' using errcode = 'foreign_key_violation';
  end if;
  return null;
end $$;

create table shard_day (                  -- a part of the book, by bucket, whose day is closed; see journeys.day
  tenant_id     text not null,
  business_date date not null,
  first_bucket  smallint not null,
  last_bucket   smallint not null,
  result        text not null,            -- JSON: loans looked at, lines frozen, what accrued
  recorded_at   timestamptz not null default now(),
  primary key (tenant_id, business_date, first_bucket)
);

-- The last day closed of a bucket: while a close runs some buckets are a day ahead of the book.
create function closed_day(b integer) returns date language plpgsql stable as $$
declare book date;
begin
  select max(business_date) into book from business_day;
  return greatest(book, (select max(business_date) from shard_day where b between first_bucket and last_bucket
                         and business_date > coalesce(book, '-infinity')));
end $$;

-- Let nobody close the day of a bucket until this transaction ends, and say which is the last that was closed: the
-- answer is not older than the lock.
create function hold_day(b integer) returns date language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(current_setting('zhiwei.tenant'), 1) + b);
  return closed_day(b);
end $$;

create table set_aside (                  -- lines that broke during a close, with the reason; the rest went on
  tenant_id     text not null,
  line_id       text not null,
  business_date date not null,
  reason        text not null,
  recorded_at   timestamptz not null default now(),
  primary key (tenant_id, line_id, business_date)
);

create table proposal (                   -- what moves money out of the ordinary is done by two persons
  tenant_id   text not null references tenant,
  proposal_id text not null,
  verb        text not null,
  request     text not null,
  proposed_by text not null,
  approved_by text,
  recorded_at timestamptz not null default now(),
  primary key (tenant_id, proposal_id),
  constraint four_eyes check (approved_by is null or lower(btrim(approved_by)) <> lower(btrim(proposed_by)))
);

do $$
declare t text;
begin
  foreach t in array array['event', 'line_change', 'shard_day', 'set_aside'] loop
    execute format('create trigger append_only before update or delete or truncate on %I
                    for each statement execute function forbid_change()', t);
  end loop;
  foreach t in array array['event', 'sub_limit', 'line_change', 'shard_day', 'set_aside', 'proposal'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format($p$create policy tenant_rows on %I
                      using (tenant_id = current_setting('zhiwei.tenant', true))
                      with check (tenant_id = current_setting('zhiwei.tenant', true))$p$, t);
    execute format('grant select, insert on %I to zhiwei_app', t);
  end loop;
  foreach t in array array['sub_limit', 'proposal'] loop
    execute format('grant update on %I to zhiwei_app', t);
  end loop;
end $$;

-- No index begins with the tenant: row-level security asks every statement for one tenant, and a planner that knows
-- nothing of a table yet would answer with all rows of the tenant, a plan that a session then keeps. So keys end with it.
do $$
declare t regclass; name text; kind text; key text; links text[]; link text;
begin
  for t, name, kind, key in
    select c.conrelid::regclass, c.conname, case c.contype when 'p' then 'primary key' else 'unique' end,
           string_agg(quote_ident(a.attname), ', ' order by a.attname = 'tenant_id', k.place)
    from pg_constraint c, unnest(c.conkey) with ordinality k (number, place), pg_attribute a
    where c.contype in ('p', 'u') and c.connamespace = 'public'::regnamespace and cardinality(c.conkey) > 1
      and a.attrelid = c.conrelid and a.attnum = k.number
    group by c.oid having bool_or(a.attname = 'tenant_id')
  loop
    select coalesce(array_agg(format('alter table %s add constraint %I %s', conrelid::regclass, conname,
                                     pg_get_constraintdef(oid))), '{}')
    into links from pg_constraint where contype = 'f' and confrelid = t and kind = 'primary key';
    execute format('alter table %s drop constraint %I cascade', t, name);
    execute format('alter table %s add constraint %I %s (%s)', t, name, kind, key);
    foreach link in array links loop
      execute link;
    end loop;
  end loop;
end $$;

-- check after: every loan has its terms, and every table of a tenant is under row-level security
select not exists (select from loan where terms is null)
   and (select bool_and(c.relrowsecurity and c.relforcerowsecurity)
        from pg_class c join information_schema.columns i on i.table_name = c.relname
        where c.relkind = 'r' and i.table_schema = 'public' and i.column_name = 'tenant_id');
