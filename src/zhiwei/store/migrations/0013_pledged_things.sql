-- Things that are pledged, by keyed hash: so that an invoice pledged by one party is found when another pledges it too.
-- check before: batches of records are there, and nothing of this yet
select exists (select from pg_tables where schemaname = 'public' and tablename = 'record_batch')
   and not exists (select from pg_tables where schemaname = 'public' and tablename = 'pledged_thing');

-- apply
create table pledged_thing (              -- a batch of pledges speaks of a thing; goes with the batch, when that is deleted
  tenant_id   text not null,
  batch_id    text not null,
  thing_index text not null,              -- of what kind of number it is and of the number, hashed with the tenant's key
  primary key (thing_index, batch_id, tenant_id),
  foreign key (batch_id, tenant_id) references record_batch (batch_id, tenant_id) on delete cascade
);
create index pledged_thing_of_batch on pledged_thing (batch_id);

alter table pledged_thing enable row level security;
alter table pledged_thing force row level security;
create policy tenant_rows on pledged_thing
  using (tenant_id = current_setting('zhiwei.tenant', true))
  with check (tenant_id = current_setting('zhiwei.tenant', true));
grant select, insert on pledged_thing to zhiwei_app;
create trigger append_only before update or truncate on pledged_thing
  for each statement execute function forbid_change();

-- check after: the table is under row-level security
select relrowsecurity and relforcerowsecurity from pg_class
where relkind = 'r' and relnamespace = 'public'::regnamespace and relname = 'pledged_thing';
