-- Sandboxes: a tenant of its own, for whom it was made, and its simulated time, which only goes forward.
-- check before: clients are there, and nothing of this yet
select exists (select from pg_tables where schemaname = 'public' and tablename = 'client')
   and not exists (select from pg_tables where schemaname = 'public' and tablename = 'sandbox');

-- apply
create table sandbox_made (               -- in the tenant that made it
  tenant_id   text not null,
  sandbox     text not null,              -- the tenant that it is
  client_id   text not null,              -- the client that made it for itself; '' where a person did
  person      text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (sandbox, tenant_id)
);

create table sandbox_end (                -- in the tenant that made it: nobody gets in any more
  tenant_id   text not null,
  sandbox     text not null,
  person      text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (sandbox, tenant_id),
  foreign key (sandbox, tenant_id) references sandbox_made (sandbox, tenant_id)
);

create table sandbox (                    -- in the sandbox itself: this tenant is one, and whose
  tenant_id   text primary key references tenant,
  made_by     text not null,              -- the tenant that made it
  recorded_at timestamptz not null default clock_timestamp()
);

create table sandbox_clock (              -- the days it has seen: the latest is its today
  tenant_id   text not null,
  sandbox     text not null,              -- the same, because no key begins with the tenant
  today       date not null,
  person      text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (sandbox, today, tenant_id)
);

do $$
declare t text;
begin
  foreach t in array array['sandbox_made', 'sandbox_end', 'sandbox', 'sandbox_clock'] loop
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

-- check after: all of them are under row-level security
select count(*) = 4 and bool_and(relrowsecurity and relforcerowsecurity) from pg_class
where relkind = 'r' and relnamespace = 'public'::regnamespace
  and relname in ('sandbox_made', 'sandbox_end', 'sandbox', 'sandbox_clock');
