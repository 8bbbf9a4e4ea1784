import { invariant } from '../../base/errors/result.ts';
import type { PersonKey } from '../../base/ids/ids.ts';
import type { FactsNeed, PersonCommand } from '../../domain/command.ts';
import type { Facts } from '../../domain/decision.ts';
import type { Settlement } from '../../domain/settlement/settlement.ts';
import type { RenderedDecision } from '../../render/render-answer.ts';
import { renderRequest } from '../../render/render-answer.ts';
import { personTable } from '../tables/person.ts';
import type {
  AnyPersonTable,
  PersonState,
  StoredWrites,
  TableState,
} from '../tables/person-table.ts';
import { rowsNow } from '../tables/person-table.ts';
import { settlementTable } from '../tables/settlement.ts';
import type { WrittenTable } from '../tables/table.ts';

/** @param tables whose rows a batch reads and writes */
export function createPersonState(key: PersonKey, tables: readonly AnyPersonTable[]): PersonState {
  const empty = tables.map((table) => ({ table, stored: [], now: [] }));
  return { key, tables: empty, invalidListHits: [], listSet: undefined, isWritten: false };
}

/** What tables that are not read for a need tell. */
const noFacts: Facts = {
  person: undefined,
  card: undefined,
  accumulators: [],
  invalidListHits: [],
  listSet: undefined,
  requests: [],
  settlement: undefined,
  bankLegs: [],
  refunds: [],
};

/** What is known of a person, narrowed to what was asked for. */
export function factsFor(state: PersonState, need: FactsNeed): Facts {
  const cardId = need.cardId ?? settlementOf(state, need)?.cardId;
  const asked = cardId === need.cardId ? need : { ...need, cardId };
  const listed = state.invalidListHits.filter((known) => known.cardId === cardId);
  const { listSet } = state;
  const facts: Facts = { ...noFacts, invalidListHits: listed.map(({ hit }) => hit), listSet };
  for (const { table, now } of state.tables) {
    if (table.facts) Object.assign(facts, table.facts(now, asked));
  }
  return facts;
}

function settlementOf(state: PersonState, { settlementId }: FactsNeed): Settlement | undefined {
  return rowsNow(state, settlementTable).find(({ id }) => id === settlementId);
}

/**
 * Takes the writes of a decision into the state: all of them, or none and an InvariantViolation if
 * they do not fit what is there.
 */
export function applyWrites(
  state: PersonState,
  command: PersonCommand,
  executed: RenderedDecision,
): void {
  const writes = storedWrites(executed);
  if (writes === undefined) return;
  const isKnown = rowsNow(state, personTable).length > 0;
  invariant(isKnown, 'rows of a person who is not on record');
  const written = state.tables.map(({ table, now }) => {
    const rows = table.written(writes, command, state);
    for (const row of rows) {
      assertOwn(state.key, table, row);
      if (table.check) table.check(now, row, writes);
    }
    return rows;
  });
  state.isWritten = true;
  for (const [i, known] of state.tables.entries()) {
    for (const row of written[i] ?? []) put(known, row);
  }
}

/** The writes of a decision with the request's answer as it is stored; undefined: there is nothing to write. */
export function storedWrites(executed: RenderedDecision): StoredWrites | undefined {
  if (executed.writes === undefined) return undefined;
  const { request, ...others } = executed.writes;
  return { ...others, ...(request && { request: renderRequest(request, executed) }) };
}

/** Whatever a command writes carries one shard and one person: those of the command. */
function assertOwn<Row>(own: PersonKey, { owner }: WrittenTable<Row>, row: Row): void {
  for (const { name, of } of owner) {
    const isOwn = of(row) === (name === 'shard' ? own.shard : own.personNo);
    invariant(isOwn, 'a command writes rows of its own person only');
  }
}

function put(known: TableState, row: unknown): void {
  const i = placeOf(known, row);
  if (i >= 0) known.now[i] = row;
  else add(known, undefined, row);
}

/** Takes in a row as it was read; a row that two commands asked for comes twice. */
export function addRead(known: TableState, row: unknown): void {
  if (placeOf(known, row) < 0) add(known, row, row);
}

function add({ stored, now }: TableState, before: unknown, row: unknown): void {
  stored.push(before);
  now.push(row);
}

/** Where the row with the same key stands; -1: nowhere. */
function placeOf({ table, now }: TableState, row: unknown): number {
  if (now.length === 0 || table.rowKey === undefined) return -1;
  const key = table.rowKey(row);
  return now.findIndex((known) => table.rowKey?.(known) === key);
}
