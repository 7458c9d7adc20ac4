-- What a business lets us know: consents with whom they are for and when they ended, and records of any kind.
-- check before: consents are there, and nothing of this yet
select exists (select from pg_tables where schemaname = 'public' and tablename = 'consent')
   and not exists (select from pg_tables where schemaname = 'public' and tablename = 'record_batch');

-- apply
alter table consent
  add column recipient text not null default '',          -- who may look besides the tenant; '' nobody
  add column recurring boolean not null default true;     -- false: for one delivery

create table consent_withdrawal (         -- use ends at once; what came under it is deleted by a day
  tenant_id   text not null,
  consent_id  text not null,
  withdrawn_on date not null,
  delete_by   date not null check (delete_by >= withdrawn_on),
  because     text not null,
  person      text not null,
  recorded_at timestamptz not null default now(),
  primary key (consent_id, tenant_id),
  foreign key (tenant_id, consent_id) references consent (tenant_id, consent_id)
);

create table record_batch (               -- records of one party and kind out of one delivery: an Arrow file, compressed
  tenant_id   text not null,
  batch_id    text not null,
  number      bigint not null generated always as identity,   -- later ones correct earlier ones
  party_id    text not null,
  kind        text not null,
  delivery_id text not null,
  consent_id  text not null,
  first_day   date not null,              -- of its rows
  last_day    date not null,
  row_count   integer not null check (row_count > 0),
  body        bytea not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (batch_id, tenant_id),
  foreign key (tenant_id, party_id) references party (tenant_id, party_id),
  foreign key (tenant_id, delivery_id) references delivery (tenant_id, delivery_id),
  foreign key (tenant_id, consent_id) references consent (tenant_id, consent_id)
);
create index record_batch_of_party on record_batch (party_id, kind, number);
create index record_batch_of_consent on record_batch (consent_id);
alter table record_batch alter column body set storage external;  -- it is compressed already

do $$
declare t text;
begin
  foreach t in array array['consent_withdrawal', 'record_batch'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format($p$create policy tenant_rows on %I
                      using (tenant_id = current_setting('zhiwei.tenant', true))
                      with check (tenant_id = current_setting('zhiwei.tenant', true))$p$, t);
    execute format('grant select, insert on %I to zhiwei_app', t);
  end loop;
end $$;
create trigger append_only before update or delete or truncate on consent_withdrawal
  for each statement execute function forbid_change();
create trigger append_only before update or truncate on record_batch
  for each statement execute function forbid_change();
grant delete on record_batch to zhiwei_app;  -- of what a withdrawn consent brought, and of nothing else
create policy withdrawn_only on record_batch as restrictive for delete using (
  exists (select from consent_withdrawal w where w.tenant_id = record_batch.tenant_id
          and w.consent_id = record_batch.consent_id)
);

-- check after: both tables are under row-level security
select count(*) = 2 and bool_and(relrowsecurity and relforcerowsecurity) from pg_class
where relkind = 'r' and relnamespace = 'public'::regnamespace and relname in ('consent_withdrawal', 'record_batch');
