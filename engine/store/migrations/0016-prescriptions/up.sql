-- The prescription that a bill was issued for. Only bills with a number enter the index, by which a new sale
-- finds the settlements of the same prescription (engine/domain/settlement/prescription.ts).
alter table settlement add column prescription_no text
  constraint settlement_prescription_no_check check (prescription_no <> '');
create index settlement_by_prescription
  on settlement (shard, person_no, institution, prescription_no, accepted_at)
  where prescription_no is not null;
