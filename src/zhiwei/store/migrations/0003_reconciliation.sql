-- Around the journal: seals of closed days, accounts of a tenant's own, the bank's files and what differs from them.
-- check before: the journal is there, and nothing of this yet
select exists (select from pg_tables where schemaname = 'public' and tablename = 'journal_entry')
   and not exists (select from pg_tables where schemaname = 'public' and tablename in ('seal', 'difference'));

-- apply
create index journal_by_day on journal_entry (business_date);

create table seal (                       -- of a closed day: SHA-256 over its entries and the seal before
  tenant_id     text not null,
  business_date date not null,
  previous      text not null check (previous ~ '^([0-9a-f]{64})?$'),
  entries       integer not null check (entries >= 0),
  sha256        text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  recorded_at   timestamptz not null default now(),
  primary key (business_date, tenant_id),
  unique (previous, tenant_id),           -- a chain does not fork
  foreign key (tenant_id, business_date) references business_day (tenant_id, business_date)
);

create table account (                    -- what a tenant's chart has of its own; the latest row of a name is in force
  tenant_id   text not null references tenant,
  name        text not null,
  number      text not null check (number ~ '^[0-9]{4,20}$'),
  zh          text not null,
  en          text not null,
  side        text not null check (side in ('asset', 'liability', 'income', 'expense', 'memo')),
  contra      boolean not null,
  sure        boolean not null,
  person      text not null,
  recorded_at timestamptz not null default now(),
  primary key (name, recorded_at, tenant_id)
);

create table bank_file (                  -- statements received from banks; the same file twice is known
  tenant_id   text not null references tenant,
  sha256      text not null,
  file        text not null,
  account     text not null,              -- the account of our book that the statement is of
  first_on    date not null,
  last_on     date not null check (last_on >= first_on),
  row_count   integer not null check (row_count > 0),
  person      text not null,
  recorded_at timestamptz not null default now(),
  primary key (sha256, tenant_id)
);

create table bank_match (                 -- one row of a bank's statement is one movement of the book
  tenant_id   text not null,
  row_id      text not null,
  item_id     text not null,
  found_by    text not null check (found_by in ('reference', 'amount')),
  currency    text not null,
  reference   text not null,              -- the bank's number of the transfer, used up by this; '' where it gave none
  sha256      text not null,
  recorded_at timestamptz not null default now(),
  primary key (row_id, tenant_id),
  unique (item_id, tenant_id),
  foreign key (tenant_id, sha256) references bank_file (tenant_id, sha256)
);
create index bank_match_by_reference on bank_match (reference) where reference <> '';

create table difference (                 -- between bank and book, for a person; its id follows from its content
  tenant_id     text not null,
  difference_id text not null,
  kind          text not null check (kind in ('only_in_bank', 'only_in_book', 'amount_differs', 'ambiguous')),
  facts         text not null check (facts::jsonb ?& array['bank', 'book']),   -- canonical JSON: the rows of either side
  sha256        text not null,            -- of the file that showed it
  recorded_at   timestamptz not null default now(),
  state         text not null default 'open' check (state in ('open', 'resolved')),
  resolved_by   text,
  because       text,
  resolved_at   timestamptz,
  primary key (difference_id, tenant_id),
  foreign key (tenant_id, sha256) references bank_file (tenant_id, sha256),
  constraint resolved_with_reason check (
    case state when 'open' then num_nulls(resolved_by, because, resolved_at) = 3
    else num_nulls(resolved_by, because, resolved_at) = 0 and btrim(resolved_by) <> '' and btrim(because) <> '' end)
);
create index difference_open on difference (recorded_at) where state = 'open';

-- A difference is resolved once and never forgotten: nothing else of its row changes.
create function resolve_once() returns trigger language plpgsql as $$
begin
  if old.state <> 'open' or new.state <> 'resolved'
     or (new.tenant_id, new.difference_id, new.kind, new.facts, new.sha256, new.recorded_at)
        is distinct from (old.tenant_id, old.difference_id, old.kind, old.facts, old.sha256, old.recorded_at) then
    raise exception 'difference %: an open one can be resolved, nothing else of it changes', old.difference_id;
  end if;
  return new;
end $$;
create trigger resolve_once before update on difference for each row execute function resolve_once();
create trigger append_only before delete or truncate on difference
  for each statement execute function forbid_change();

-- What is sealed stays whole: no entry joins a day that is closed.
create function open_day_only() returns trigger language plpgsql as $$
begin
  if exists (
    select from (select tenant_id, min(business_date) as earliest from added group by 1) a
    join business_day b on b.tenant_id = a.tenant_id and b.business_date >= a.earliest
  ) then
    raise exception 'an entry cannot be written into a closed business day';
  end if;
  return null;
end $$;
create trigger open_day_only after insert on journal_entry
  referencing new table as added for each statement execute function open_day_only();

do $$
declare t text;
begin
  foreach t in array array['seal', 'account', 'bank_file', 'bank_match'] loop
    execute format('create trigger append_only before update or delete or truncate on %I
                    for each statement execute function forbid_change()', t);
  end loop;
  foreach t in array array['seal', 'account', 'bank_file', 'bank_match', 'difference'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format($p$create policy tenant_rows on %I
                      using (tenant_id = current_setting('zhiwei.tenant', true))
                      with check (tenant_id = current_setting('zhiwei.tenant', true))$p$, t);
    execute format('grant select, insert on %I to zhiwei_app', t);
  end loop;
end $$;
grant update (state, resolved_by, because, resolved_at) on difference to zhiwei_app;

-- check after: the five tables are under row-level security, and the journal's days are guarded
select (select count(*) = 5 and bool_and(relrowsecurity and relforcerowsecurity) from pg_class
        where relkind = 'r' and relnamespace = 'public'::regnamespace
          and relname in ('seal', 'account', 'bank_file', 'bank_match', 'difference'))
   and exists (select from pg_trigger where tgname = 'open_day_only');
