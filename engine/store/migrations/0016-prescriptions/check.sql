-- Each query returns what is wrong; no row is right.

-- Without its index every sale with a prescription number would search the whole table.
select 'settlement_by_prescription' as missing
where to_regclass('settlement_by_prescription') is null;
