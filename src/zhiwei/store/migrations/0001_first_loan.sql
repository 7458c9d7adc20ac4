-- Everything the first loan needs: tenants, parties, records, decisions, lines, loans, the journal and the audit.
-- check before: nothing of ours exists yet
select not exists (select from pg_tables where schemaname = 'public' and tablename in ('tenant', 'journal_entry'));

-- apply
do $$ begin
  create role zhiwei_app nologin noinherit;
exception when duplicate_object then null;  -- roles belong to the server, and other databases on it made this one
end $$;
grant zhiwei_app to current_user;

create table tenant (
  tenant_id   text primary key check (tenant_id ~ '^[a-z0-9][a-z0-9_-]{0,40}$'),
  recorded_at timestamptz not null default now()
);

create table party (
  tenant_id   text not null references tenant,
  party_id    text not null check (party_id <> ''),
  name        text not null,
  source      text not null,
  recorded_at timestamptz not null default now(),
  primary key (tenant_id, party_id)
);

create table consent (
  tenant_id   text not null,
  consent_id  text not null,
  party_id    text not null,
  scope       text not null,
  purpose     text not null,
  since       date not null,
  until       date,
  text_hash   text not null,
  evidence    text not null,
  recorded_at timestamptz not null default now(),
  primary key (tenant_id, consent_id),
  foreign key (tenant_id, party_id) references party
);

create table delivery (
  tenant_id   text not null,
  delivery_id text not null,
  source      text not null,
  file        text not null,
  folder      text not null,
  sha256      text not null,
  row_count   integer not null,
  recorded_at timestamptz not null default now(),
  primary key (tenant_id, delivery_id)
);

create table invoice (
  tenant_id    text not null,
  party_id     text not null,
  record_key   uuid not null,             -- md5 of what the source said, occurrence included: the same row twice is one
  direction    text not null check (direction in ('sale', 'purchase')),
  invoice_no   text not null,
  issue_date   date not null,
  counterparty text not null,
  amount       bigint not null,           -- 分 before tax, negative = red
  tax          bigint not null,
  total        bigint not null,
  status       text not null check (status in ('valid', 'void')),
  occurrence   smallint not null check (occurrence > 0),
  delivery_id  text not null,
  primary key (tenant_id, party_id, record_key)
);

create table label (                      -- outcomes, for models to learn and be tested on; never a feature
  tenant_id text not null,
  party_id  text not null,
  name      text not null,
  value     text not null,
  primary key (tenant_id, party_id, name),
  foreign key (tenant_id, party_id) references party
);

create table demand_point (
  tenant_id   text not null references tenant,
  source      text not null,
  grade       text not null,
  annual_rate numeric(8, 6) not null,
  churn       numeric(8, 6) not null check (churn between 0 and 1),
  primary key (tenant_id, source, grade, annual_rate)
);

create table product_version (
  tenant_id   text not null references tenant,
  product_id  text not null,
  hash        text not null,
  content     text not null,              -- canonical JSON of the folder's files
  state       text not null check (state in ('checked', 'published', 'retired')),
  proposed_by text not null,
  approved_by text,
  recorded_at timestamptz not null default now(),
  primary key (tenant_id, product_id, hash),
  constraint four_eyes check (approved_by is null or lower(btrim(approved_by)) <> lower(btrim(proposed_by))),
  constraint approved check ((state = 'checked') = (approved_by is null))
);
create unique index one_published on product_version (tenant_id, product_id) where state = 'published';

create table decision (
  tenant_id    text not null,
  decision_id  text not null,
  party_id     text not null,
  product_id   text not null,
  product_hash text not null,
  as_of        date not null,
  outcome      text not null check (outcome in ('approve', 'refer', 'decline')),
  credit_limit bigint not null check (credit_limit >= 0),
  annual_rate  numeric(8, 6),
  pd           numeric(7, 6) not null,
  grade        text not null,
  document     text not null,             -- canonical JSON: what was printed, byte for byte, with trace
  inputs       text not null,             -- canonical JSON: what it was decided on
  recorded_at  timestamptz not null default now(),
  primary key (tenant_id, decision_id),
  foreign key (tenant_id, party_id) references party,
  foreign key (tenant_id, product_id, product_hash) references product_version
);
create index decision_by_party on decision (tenant_id, party_id, as_of);

create table line (
  tenant_id    text not null,
  line_id      text not null,
  party_id     text not null,
  decision_id  text not null,
  product_id   text not null,
  product_hash text not null,
  credit_limit bigint not null check (credit_limit > 0),
  annual_rate  numeric(8, 6) not null check (annual_rate between 0 and 1),
  opened_on    date not null,
  expires_on   date not null check (expires_on > opened_on),
  status       text not null default 'open' check (status in ('open', 'frozen', 'closed')),
  used         bigint not null default 0 check (used >= 0),
  held         bigint not null default 0 check (held >= 0),
  credit       bigint not null default 0 check (credit >= 0),
  primary key (tenant_id, line_id),
  unique (tenant_id, decision_id),        -- an offer is accepted once
  foreign key (tenant_id, party_id) references party,
  foreign key (tenant_id, decision_id) references decision
);
create index line_by_party on line (tenant_id, party_id);

create table payout (
  tenant_id  text not null,
  payout_id  text not null,
  line_id    text not null,
  loan_id    text not null,
  amount     bigint not null check (amount > 0),
  value_date date not null,
  status     text not null default 'ordered' check (status in ('ordered', 'paid', 'failed')),
  bank_ref   text,
  primary key (tenant_id, payout_id),
  foreign key (tenant_id, line_id) references line
);

create table loan (
  tenant_id   text not null,
  loan_id     text not null,
  line_id     text not null,
  party_id    text not null,
  amount      bigint not null check (amount > 0),
  annual_rate numeric(8, 6) not null,
  day_basis   smallint not null,
  due_day     smallint not null,
  drawn_on    date not null,
  matures_on  date not null,
  principal   bigint not null check (principal >= 0),        -- kept from the events; `zhiwei doctor` recomputes it
  posted      integer not null,                              -- movements already in the journal
  oldest_due  date,
  class       text not null,
  next_on     date,                                          -- the next day on which the day close must look at it
  primary key (tenant_id, loan_id),
  foreign key (tenant_id, line_id) references line
);
create index loan_by_line on loan (tenant_id, line_id);
create index loan_awaiting on loan (tenant_id, next_on) where next_on is not null;

create table payment (
  tenant_id  text not null,
  loan_id    text not null,
  number     integer not null,
  value_date date not null,
  amount     bigint not null check (amount > 0),
  source     text not null check (source in ('cash', 'credit')),
  primary key (tenant_id, loan_id, number),
  foreign key (tenant_id, loan_id) references loan
);

create table class_change (
  tenant_id text not null,
  loan_id   text not null,
  since     date not null,
  class     text not null,
  primary key (tenant_id, loan_id, since, class)
);

create table journal_entry (
  tenant_id     text not null,
  entry_id      text not null,
  number        integer not null,         -- its place in the life of its loan
  kind          text not null,
  line_id       text not null,
  loan_id       text not null,            -- '' where the entry is of the line alone
  value_date    date not null,
  business_date date not null,
  currency      text not null,
  recorded_at   timestamptz not null default now(),
  primary key (tenant_id, entry_id)
);
create index journal_by_line on journal_entry (tenant_id, line_id);

create table journal_posting (
  tenant_id text not null,
  entry_id  text not null,
  number    smallint not null,
  account   text not null,
  funder    text not null,                -- '' is the platform's own book
  amount    bigint not null check (amount <> 0),   -- 分, debit positive
  primary key (tenant_id, entry_id, number),
  foreign key (tenant_id, entry_id) references journal_entry
);

create table business_day (
  tenant_id     text not null references tenant,
  business_date date not null,
  loans_touched integer not null,
  recorded_at   timestamptz not null default now(),
  primary key (tenant_id, business_date)
);

create table step (                       -- idempotency: what each key asked for and was answered
  tenant_id    text not null references tenant,
  key          text not null check (length(key) between 1 and 220),
  verb         text not null,
  request_hash text not null,
  result       text,
  primary key (tenant_id, key)
);

create table audit (
  tenant_id   text not null references tenant,
  audit_id    uuid not null default gen_random_uuid(),
  recorded_at timestamptz not null default now(),
  person      text not null,
  role        text not null,
  verb        text not null,
  request     text not null,
  primary key (tenant_id, audit_id)
);

-- Every entry balances, for each funder, checked once per statement: postings of an entry come in one statement.
create function check_balanced() returns trigger language plpgsql as $$
begin
  if exists (
    select from added group by tenant_id, entry_id, funder having sum(amount) <> 0
  ) then
    raise exception 'INV-01: a journal entry does not balance';
  end if;
  return null;
end $$;
create trigger balanced after insert on journal_posting
  referencing new table as added for each statement execute function check_balanced();

create function forbid_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: correct by a new row', tg_table_name;
end $$;

do $$
declare t text;
begin
  foreach t in array array[
    'journal_entry', 'journal_posting', 'payment', 'audit', 'decision', 'invoice', 'delivery', 'business_day', 'class_change'
  ] loop
    execute format('create trigger append_only before update or delete or truncate on %I
                    for each statement execute function forbid_change()', t);
  end loop;
  for t in select table_name from information_schema.columns
           where table_schema = 'public' and column_name = 'tenant_id' loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format($p$create policy tenant_rows on %I
                      using (tenant_id = current_setting('zhiwei.tenant', true))
                      with check (tenant_id = current_setting('zhiwei.tenant', true))$p$, t);
    execute format('grant select, insert on %I to zhiwei_app', t);
  end loop;
  foreach t in array array['product_version', 'line', 'payout', 'loan', 'step', 'label'] loop
    execute format('grant update on %I to zhiwei_app', t);
  end loop;
end $$;

-- check after: every table of a tenant is under row-level security
select bool_and(c.relrowsecurity and c.relforcerowsecurity)
from pg_class c join information_schema.columns i on i.table_name = c.relname
where c.relkind = 'r' and i.table_schema = 'public' and i.column_name = 'tenant_id';
