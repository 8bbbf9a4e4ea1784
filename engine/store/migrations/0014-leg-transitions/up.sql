-- The transition table of a leg (engine/domain/leg/leg.ts), as settlement_transition has that of a settlement:
-- the writing statement looks every change of a leg's state up here. `opened` stands before the first state.
create table leg_transition (
  from_state text not null,
  to_state text not null,
  primary key (from_state, to_state)
);
insert into leg_transition (from_state, to_state) values
  ('opened', 'sending'),
  ('sending', 'approved'), ('sending', 'declined'), ('sending', 'not-sent'),
  ('sending', 'reversing'), ('sending', 'repeating'),
  ('reversing', 'reversed'), ('reversing', 'kept'),
  ('repeating', 'approved'), ('repeating', 'declined'),
  ('declined', 'reversing'), ('not-sent', 'reversing'), ('reversed', 'reversing');

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select on leg_transition to yikatong_app;
  end if;
end
$$;
