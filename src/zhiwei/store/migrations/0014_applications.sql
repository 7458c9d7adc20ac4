-- Who applied, and through what: an application is a row, each thing it came with a keyed hash. Calls that stood in.
-- check before: decisions and calls are there, and nothing of this yet
select exists (select from pg_tables where schemaname = 'public' and tablename = 'decision')
   and exists (select from pg_tables where schemaname = 'public' and tablename = 'pull_asked')
   and not exists (select from pg_tables where schemaname = 'public' and tablename = 'application');

-- apply
create table application (                -- a business asked for a product on a day
  tenant_id      text not null,
  application_id text not null,           -- follows from its content: the same told twice is one
  party_id       text not null,
  product_id     text not null,
  applied_on     date not null,
  channel        text not null,           -- counter, app, partner ...: a word, nobody's number
  person         text not null,
  recorded_at    timestamptz not null default clock_timestamp(),
  primary key (application_id, tenant_id),
  foreign key (tenant_id, party_id) references party (tenant_id, party_id)
);
create index application_of_party on application (party_id, applied_on);

create table application_trace (          -- a thing it came with; the thing itself is kept nowhere
  tenant_id      text not null,
  application_id text not null,
  kind           text not null,           -- device, phone, address, ip, account, agent, wifi
  token          text not null,           -- by the tenant's first key, so that a rotation parts nothing
  primary key (application_id, kind, token, tenant_id),
  foreign key (application_id, tenant_id) references application (application_id, tenant_id)
);
create index application_trace_of_token on application_trace (token, kind);

alter table pull_asked add column instead_of text not null default '';  -- the source that was down

do $$
declare t text;
begin
  foreach t in array array['application', 'application_trace'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format($p$create policy tenant_rows on %I
                      using (tenant_id = current_setting('zhiwei.tenant', true))
                      with check (tenant_id = current_setting('zhiwei.tenant', true))$p$, t);
    execute format('grant select, insert on %I to zhiwei_app', t);
    execute format('create trigger append_only before update or delete or truncate on %I
                      for each statement execute function forbid_change()', t);
  end loop;
end $$;

-- check after: both tables are under row-level security
select count(*) = 2 and bool_and(relrowsecurity and relforcerowsecurity) from pg_class
where relkind = 'r' and relnamespace = 'public'::regnamespace and relname in ('application', 'application_trace');
