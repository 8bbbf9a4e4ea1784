-- What a refund must see: the person's later settlements of the same accumulators, in the order in which they
-- were counted, which no clock tells.

-- Settlements before this have number 0 and stand in the order of their acceptance.
alter table accumulator add column last_no integer not null default 0,
  -- The settlement whose refund waits for the bank: nothing else is counted until it is over.
  add column held_by text;
alter table settlement add column accumulator_no integer not null default 0;

-- Its condition is true of every row, and only a statement that repeats it may take this index: plans made
-- while the table was empty would else take it for statements that know a settlement's id.
create index settlement_of_person on settlement (person_no, accepted_at) where accumulator_no >= 0;
