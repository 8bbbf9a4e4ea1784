-- Nobody loses a name, and no card its number.
select shard, person_no from person where name is null and sealed_name is null limit 1;
select shard, card_id from card where card_number is null and sealed_card_number is null limit 1;
