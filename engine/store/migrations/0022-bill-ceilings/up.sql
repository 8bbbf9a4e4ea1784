-- Who confirmed a bill above its ceiling, and why (engine/domain/settlement/ceilings.ts).
alter table settlement
  add column confirmed_by text,
  add column confirm_reason text,
  add constraint settlement_confirmation_check
    check ((confirmed_by is null) = (confirm_reason is null));
