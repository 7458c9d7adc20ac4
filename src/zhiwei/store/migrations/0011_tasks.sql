-- What waits for a person: decisions that were referred, and how each was settled.
-- check before: decisions are there, and nothing of this yet
select exists (select from pg_tables where schemaname = 'public' and tablename = 'decision')
   and not exists (select from pg_tables where schemaname = 'public' and tablename = 'task');

-- apply
create table task (
  tenant_id   text not null,
  task_id     text not null,
  decision_id text not null,
  opened_at   timestamptz not null default clock_timestamp(),
  primary key (task_id, tenant_id),
  foreign key (tenant_id, decision_id) references decision (tenant_id, decision_id)
);
create index task_of_decision on task (decision_id);

create table ruling (                     -- a person's word on a decision, and the decision that it became
  tenant_id   text not null,
  decision_id text not null,              -- the one ruled on; once
  ruled_id    text not null,
  outcome     text not null check (outcome in ('approve', 'decline')),
  person      text not null,
  role        text not null,
  because     text not null,
  ruled_at    timestamptz not null default clock_timestamp(),
  primary key (decision_id, tenant_id),
  foreign key (tenant_id, decision_id) references decision (tenant_id, decision_id),
  foreign key (tenant_id, ruled_id) references decision (tenant_id, decision_id)
);
create index ruling_by_result on ruling (ruled_id);

do $$
declare t text;
begin
  foreach t in array array['task', 'ruling'] loop
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
where relkind = 'r' and relnamespace = 'public'::regnamespace and relname in ('task', 'ruling');
