-- Each query returns what is wrong; no row is right.

-- Legs whose state no transition leads to.
select settlement_id, leg_no, state from bank_leg
where state not in (select to_state from leg_transition);
