-- What is decided about one party is read by one party: its consents, and who sells to a firm when circles of invoices
-- are followed from buyer to seller. Without these a decision takes longer the more parties there are.
-- check before: consents are there, counterparties have numbers, and nothing of this yet
select exists (select from pg_tables where schemaname = 'public' and tablename = 'counterparty')
   and not exists (select from pg_indexes where schemaname = 'public'
                   and indexname in ('consent_of_party', 'invoice_sold_to'));

-- apply
create index consent_of_party on consent (party_id);
create index invoice_sold_to on invoice (counterparty_id, party_id, issue_date, tenant_id) include (amount)
  where direction = 'sale' and status = 'valid' and occurrence = 1;

-- check after: both are there and whole
select bool_and(indisvalid) from pg_index where indexrelid in ('consent_of_party'::regclass, 'invoice_sold_to'::regclass);
