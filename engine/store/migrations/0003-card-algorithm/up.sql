-- A card's cipher follows from the version of its specification, which is on record too: written twice, the
-- two could differ.
alter table card drop column algorithm;
