-- Names of parties are sealed. The database holds no key, so the platform itself takes over what stands in plain.
-- check before: names are there, and none of this yet
select exists (select from information_schema.columns where table_name = 'party' and column_name = 'name')
   and not exists (select from information_schema.columns where table_name = 'party' and column_name = 'name_sealed')
   and not exists (select from pg_tables where schemaname = 'public' and tablename = 'tenant_key');

-- apply
alter table party
  alter column name drop not null,        -- empty in every row once its tenant was opened; dropped by a later migration
  add column name_sealed text check (name_sealed ~ '^zw[0-9]+[.]'),
  add column name_index text,             -- keyed hash of the name: equal where names are
  add constraint plain_or_sealed check ((name is null) = (name_sealed is not null)),
  add constraint found_if_sealed check ((name_sealed is null) = (name_index is null)),
  add constraint never_plain_again check (name is null) not valid;  -- old rows may stand so until they are taken over
create index party_by_name on party (name_index, tenant_id);
create index party_in_plain on party (party_id, tenant_id) where name is not null;
grant update (name, name_sealed, name_index) on party to zhiwei_app;

create table tenant_key (                 -- ids of the keys that sealed something here; the keys are elsewhere
  tenant_id   text not null references tenant,
  key_id      text not null check (key_id ~ '^[0-9a-f]{16}$'),
  recorded_at timestamptz not null default now(),
  primary key (key_id, tenant_id)
);
alter table tenant_key enable row level security;
alter table tenant_key force row level security;
create policy tenant_rows on tenant_key
  using (tenant_id = current_setting('zhiwei.tenant', true))
  with check (tenant_id = current_setting('zhiwei.tenant', true));
grant select, insert on tenant_key to zhiwei_app;
create trigger append_only before update or delete or truncate on tenant_key
  for each statement execute function forbid_change();

-- check after: no name was lost, and nobody but its tenant sees a key's id
select not exists (select from party where name is null and name_sealed is null)
   and (select relrowsecurity and relforcerowsecurity from pg_class where oid = 'tenant_key'::regclass);
