-- A client asks for the draws of a line: its payouts are read, and nobody else's.
-- check before: payouts are there, and nothing of this yet
select exists (select from pg_tables where schemaname = 'public' and tablename = 'payout')
   and not exists (select from pg_indexes where schemaname = 'public' and indexname = 'payout_of_line');

-- apply
create index payout_of_line on payout (line_id);

-- check after: it is there and whole
select indisvalid from pg_index where indexrelid = 'payout_of_line'::regclass;
