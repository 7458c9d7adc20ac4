-- Who sells to a firm: a decision follows circles of invoices from buyer to seller, and reads those few firms alone.
-- check before: counterparties have numbers, and nothing of this yet
select exists (select from pg_tables where schemaname = 'public' and tablename = 'counterparty')
   and not exists (select from pg_indexes where schemaname = 'public' and indexname = 'invoice_sold_to');

-- apply
create index invoice_sold_to on invoice (counterparty_id, party_id, issue_date, tenant_id) include (amount)
  where direction = 'sale' and status = 'valid' and occurrence = 1;

-- check after: the index is there and whole
select indisvalid from pg_index where indexrelid = 'invoice_sold_to'::regclass;
