-- What somebody looked at and found to be two parties: it is not proposed again until something new is known.
-- check before: merges are there, and nothing of this yet
select exists (select from pg_tables where schemaname = 'public' and tablename = 'party_merge')
   and not exists (select from pg_tables where schemaname = 'public' and tablename = 'party_merge_rejected');

-- apply
create table party_merge_rejected (
  tenant_id    text not null,
  rejection_id text not null,
  one_party    text not null,
  other_party  text not null check (one_party collate "C" < other_party),
  because      text not null,
  person       text not null,
  proposal_id  text not null,             -- the proposal that was rejected with it; '' where none was waiting
  known        text[] not null,           -- ids of identifiers and names of both that were known, so that others are new
  against      text[] not null,           -- what spoke against them being one
  rejected_at  timestamptz not null default clock_timestamp(),
  primary key (rejection_id, tenant_id),
  foreign key (tenant_id, one_party) references party (tenant_id, party_id),
  foreign key (tenant_id, other_party) references party (tenant_id, party_id)
);
create index party_merge_rejected_of_one on party_merge_rejected (one_party);
create index party_merge_rejected_of_proposal on party_merge_rejected (proposal_id);

alter table party_merge_rejected enable row level security;
alter table party_merge_rejected force row level security;
create policy tenant_rows on party_merge_rejected
  using (tenant_id = current_setting('zhiwei.tenant', true))
  with check (tenant_id = current_setting('zhiwei.tenant', true));
grant select, insert on party_merge_rejected to zhiwei_app;
create trigger append_only before update or delete or truncate on party_merge_rejected
  for each statement execute function forbid_change();

-- check after: it is under row-level security
select relrowsecurity and relforcerowsecurity from pg_class
where relkind = 'r' and relnamespace = 'public'::regnamespace and relname = 'party_merge_rejected';
