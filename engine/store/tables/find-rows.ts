import type { FactsNeed } from '../../domain/command.ts';

type KeyValue = string | number;

/** A way to find rows of people: what a need gives as a key, and the SQL that takes such keys. */
type Finder = {
  /** The keys as rows `k`; they come as arrays of equal length. */
  readonly keys: string;
  /** In the order of those arrays; undefined: the need asks for no such row. */
  readonly keyOf: (need: FactsNeed) => readonly KeyValue[] | undefined;
};

/** A statement that finds a table's rows for the needs of a batch. */
export type Read = {
  /** Of the prepared statement; no two statements share one. */
  readonly name: string;
  readonly text: string;
  readonly keyOf: Finder['keyOf'];
  /** Parameters after the keys, of the needs that asked. */
  readonly more?: (needs: readonly FactsNeed[]) => readonly number[];
};

export const byPerson: Finder = {
  keys: 'unnest($1::smallint[], $2::text[]) as k (shard, person_no)',
  keyOf: ({ key }) => [key.shard, key.personNo],
};

const threeKeys = 'unnest($1::smallint[], $2::text[], $3::text[])';

/** For refunds, enquiries and claims alone: others have nothing to do with corrections. */
export const byPersonOfCorrections: Finder = {
  ...byPerson,
  keyOf: (need) => (need.later || need.corrections ? byPerson.keyOf(need) : undefined),
};

/**
 * All the person's rows of a table that orders on cards ask for. Written so that no index but that of the
 * person can be taken, as no other statement can take that one (migration 0031).
 */
export function allOfPerson(name: string, table: string): Read {
  const text = `select t.* from ${byPerson.keys}
    cross join lateral (select * from ${table} r
      where r.person_no || '' = k.person_no and r.shard + 0 = k.shard offset 0) t`;
  return { name, text, keyOf: (need) => (need.cards ? byPerson.keyOf(need) : undefined) };
}

export const byCard: Finder = {
  keys: `${threeKeys} as k (shard, person_no, card_id)`,
  keyOf: ({ key, cardId }) => cardId && [key.shard, key.personNo, cardId],
};

/** The credit that is to be posted. */
export const byCredit: Finder = {
  keys: `${threeKeys} as k (shard, person_no, credit_id)`,
  keyOf: ({ key, creditId }) => creditId && [key.shard, key.personNo, creditId],
};

/** The credit that another one takes back. */
export const byReversedCredit: Finder = {
  ...byCredit,
  keyOf: ({ key, reverses }) => reverses && [key.shard, key.personNo, reverses],
};

/** The settlement itself. */
export const byId: Finder = {
  keys: `${threeKeys} as k (shard, person_no, id)`,
  keyOf: ({ key, settlementId }) => settlementId && [key.shard, key.personNo, settlementId],
};

/** Settlements of the prescription. */
export const byPrescription: Finder = {
  keys: `unnest($1::smallint[], $2::text[], $3::text[], $4::text[])
  as k (shard, person_no, institution, prescription_no)`,
  keyOf: ({ key, prescription }) =>
    prescription && [
      key.shard,
      key.personNo,
      prescription.institution,
      prescription.prescriptionNo,
    ],
};

/** Rows that belong to the settlement. */
export const bySettlement: Finder = {
  ...byId,
  keys: `${threeKeys} as k (shard, person_no, settlement_id)`,
};

export const byRequestKey: Finder = {
  keys: `unnest($1::smallint[], $2::text[], $3::text[], $4::text[])
  as k (shard, person_no, terminal_id, request_key)`,
  keyOf: ({ key, request }) =>
    request && [key.shard, key.personNo, request.terminalId, request.requestKey],
};

/**
 * Finds the rows of people in a table by keys of the same names, besides shard and person_no.
 * @param name of the prepared statement
 */
export function findRows(
  name: string,
  table: string,
  { keys, keyOf }: Finder,
  equal: readonly string[],
): Read {
  return { name, text: rowsByKey(table, keys, equal), keyOf };
}

/**
 * SQL for the person's rows that the keys find, one search of the index for each key. `offset 0` keeps the
 * planner from the other order, the keys looked through for every row: on a table that was nearly empty when
 * the statement was planned, it seems as good.
 * @param also a condition on the table's row `r`
 */
export function rowsByKey(
  table: string,
  keys: string,
  equal: readonly string[],
  also: string = 'true',
): string {
  const own = ['shard', ...equal, 'person_no'].map((name) => `r.${name} = k.${name}`);
  return `select t.* from ${keys}
    cross join lateral (select * from ${table} r where ${own.join(' and ')} and ${also} offset 0) t`;
}

/** For statements of `bySettlement` that start at the settlement's row `s`. */
export const itsSettlement =
  's.shard = k.shard and s.id = k.settlement_id and s.person_no = k.person_no';
