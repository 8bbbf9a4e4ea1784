/**
 * SQL that reads the requests of settlements: of the settlement itself, and of each refund. Settlement and
 * refund name
 * their request in full, with its time, so each is one search in one month.
 * @param which condition that finds the settlements `s`
 */
export function requestsOfSettlements(which: string): string {
  return `select r.* from (select * from settlement s where ${which} offset 0) s
      cross join lateral (${requestOf('s')}) r
    union all
    select r.* from (select * from settlement s where ${which} offset 0) s
      cross join lateral (select f.shard, f.request_key, f.terminal_id, s.card_id, f.at as accepted_at
        from refund f where f.shard = s.shard and f.settlement_id = s.id offset 0) f
      cross join lateral (${requestOf('f')}) r`;
}

function requestOf(asked: string): string {
  const names = ['shard', 'request_key', 'terminal_id', 'card_id'].map(
    (name) => `r.${name} = ${asked}.${name}`,
  );
  return `select * from request r where ${names.join(' and ')} and r.at = ${asked}.accepted_at offset 0`;
}
