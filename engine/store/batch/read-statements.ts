import { requestsOfSettlements } from '../reads/settlement-requests.ts';

const ofPerson = 'unnest($1::smallint[], $2::text[]) as k (shard, person_no)';
const keyColumns = 'unnest($1::smallint[], $2::text[], $3::text[])';
const ofSettlement = `${keyColumns} as k (shard, person_no, settlement_id)`;

const ofRequest = `unnest($1::smallint[], $2::text[], $3::text[], $4::text[])
  as k (shard, person_no, terminal_id, request_key)`;

const itsSettlement = 's.shard = k.shard and s.id = k.settlement_id and s.person_no = k.person_no';

/**
 * How a batch finds its facts. Keys come as arrays of equal length: shard, person_no, and what else finds the
 * row; `freshRequest` takes the first and the last moment (ms) besides.
 */
export const readStatements = {
  person: rowsOf('person', ofPerson, ['shard', 'person_no']),
  accumulator: rowsOf('accumulator', ofPerson, ['shard', 'person_no']),
  card: rowsOf('card', `${keyColumns} as k (shard, person_no, card_id)`, ['shard', 'card_id']),
  invalidList: `select t.* from invalid_list_entry t where t.card_id = any ($1::text[])`,
  ownRequest: rowsOf('request', ofRequest, ['shard', 'request_key', 'terminal_id']),
  freshRequest: rowsOf(
    'request',
    ofRequest,
    ['shard', 'request_key', 'terminal_id'],
    'r.at between $5 and $6',
  ),
  settlement: rowsOf('settlement', `${keyColumns} as k (shard, person_no, id)`, ['shard', 'id']),
  settlementCard: `select t.* from ${ofSettlement}
    cross join lateral (select * from settlement s where ${itsSettlement} offset 0) s
    cross join lateral (select * from card c
      where c.shard = s.shard and c.card_id = s.card_id offset 0) t`,
  settlementRequest: `select t.* from ${ofSettlement}
    cross join lateral (${requestsOfSettlements(itsSettlement)}) t`,
  bankLeg: rowsOf('bank_leg', ofSettlement, ['shard', 'settlement_id']),
  refund: rowsOf('refund', ofSettlement, ['shard', 'settlement_id']),
  /** Of requests that were found: shard and id, as they name them. */
  answerBlock: `select t.* from unnest($1::smallint[], $2::bigint[]) as k (shard, id)
    cross join lateral (select * from answer_block b where b.shard = k.shard and b.id = k.id offset 0) t`,
  closing: `select t.*, a.approved_by, a.approved_at from ${ofSettlement}
    cross join lateral (select * from closing_proposal p where p.shard = k.shard
      and p.settlement_id = k.settlement_id and p.person_no = k.person_no offset 0) t
    left join lateral (select * from closing_approval a where a.shard = t.shard
      and a.settlement_id = t.settlement_id and a.proposal_no = t.proposal_no offset 0) a on true`,
};

/**
 * The person's rows that the keys `k` find, one search of the index for each key. `offset 0` keeps the planner
 * from the other order, the keys looked through for every row: on a table that was nearly empty when the
 * statement was planned, it seems as good.
 */
function rowsOf(
  table: string,
  keys: string,
  found: readonly string[],
  also: string = 'true',
): string {
  const own = [...new Set([...found, 'person_no'])].map((name) => `r.${name} = k.${name}`);
  return `select t.* from ${keys}
    cross join lateral (select * from ${table} r where ${own.join(' and ')} and ${also} offset 0) t`;
}
