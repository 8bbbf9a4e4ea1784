/**
 * The people's rows in memory, as the tables' own modules read and write them, with the checks that the
 * database makes: one transaction for each command, the settlement's former state, legal transitions,
 * balanced postings, no account below zero. Faults are added around it.
 */

import type { PersonKey, SettlementId } from '../../../engine/base/ids/ids.ts';
import type { Fen } from '../../../engine/base/money/fen.ts';
import type { Card } from '../../../engine/domain/card/card.ts';
import type { InvalidListHit } from '../../../engine/domain/card/invalid-list.ts';
import type { FactsNeed } from '../../../engine/domain/command.ts';
import type { Command } from '../../../engine/domain/commands.ts';
import { kindOf } from '../../../engine/domain/commands.ts';
import type { Claim, Correction } from '../../../engine/domain/correction/correction.ts';
import type { Decide } from '../../../engine/domain/decide.ts';
import type { Facts } from '../../../engine/domain/decision.ts';
import type { NewPosting } from '../../../engine/domain/ledger/entries.ts';
import type { BankLeg } from '../../../engine/domain/leg/bank-leg.ts';
import type { Accumulator, Person } from '../../../engine/domain/person/person.ts';
import type { Refund } from '../../../engine/domain/refund/refund.ts';
import type { RequestRecord } from '../../../engine/domain/request/request-record.ts';
import type { Resolution } from '../../../engine/domain/resolution/resolution.ts';
import type { Settlement } from '../../../engine/domain/settlement/settlement.ts';
import type { MoreFacts } from '../../../engine/ports/store.ts';
import type { RenderedDecision } from '../../../engine/render/render-answer.ts';
import { renderAnswer } from '../../../engine/render/render-answer.ts';
import {
  applyWrites,
  createPersonState,
  factsFor,
  storedWrites,
} from '../../../engine/store/batch/person-state.ts';
import { accumulatorTable } from '../../../engine/store/tables/accumulator.ts';
import { bankLegTable } from '../../../engine/store/tables/bank-leg.ts';
import { cardTable } from '../../../engine/store/tables/card.ts';
import { claimTable } from '../../../engine/store/tables/claim.ts';
import { correctionTable } from '../../../engine/store/tables/correction.ts';
import { personTable } from '../../../engine/store/tables/person.ts';
import type {
  AnyPersonTable,
  PersonState,
  PersonTable,
} from '../../../engine/store/tables/person-table.ts';
import { personTables } from '../../../engine/store/tables/person-tables.ts';
import { refundTable } from '../../../engine/store/tables/refund.ts';
import { requestTable } from '../../../engine/store/tables/request.ts';
import { resolutionTable } from '../../../engine/store/tables/resolution.ts';
import { settlementTable } from '../../../engine/store/tables/settlement.ts';
import { checkWrites, postingsOf } from './memory-checks.ts';

export type Posting = NewPosting;

/** Rows by the key that their table's module gives them. */
export type MemoryStore = {
  readonly persons: Map<string, Person>;
  readonly openings: Map<string, Fen>;
  readonly cards: Map<string, Card>;
  readonly accumulators: Map<string, Accumulator>;
  readonly requests: Map<string, RequestRecord>;
  readonly settlements: Map<string, Settlement>;
  readonly bankLegs: Map<string, BankLeg>;
  readonly refunds: Map<string, Refund>;
  readonly corrections: Map<string, Correction>;
  readonly claims: Map<string, Claim>;
  readonly closings: Map<string, Resolution>;
  readonly postings: Map<string, Posting>;
  readonly listed: ReadonlyMap<string, readonly InvalidListHit[]>;
  /** Puts a card on lists, or takes it off all: a new set of lists is in force. */
  list(cardId: string, hits: readonly InvalidListHit[]): void;
  /** Number of the set of lists in force. */
  listSet(): number;
  add(person: Person, ...cards: readonly Card[]): void;
  read(need: FactsNeed): Facts;
  factsOf(command: Command): Facts;
  factsOfSettlement(id: SettlementId, more?: MoreFacts): Facts | undefined;
  /** Decides and, in one step, writes. Throws InvariantViolation where the database would refuse. */
  run(command: Command): RenderedDecision;
};

/**
 * `isStrict: false` turns the state and balance checks off, for tests that plant a bug and want to
 * see what else finds it.
 */
export function createMemoryStore(decide: Decide, isStrict = true): MemoryStore {
  const rowsOf = createRows();
  const listed = new Map<string, readonly InvalidListHit[]>();
  let listSet = 1;
  const store: MemoryStore = {
    persons: rowsOf(personTable),
    openings: new Map(),
    cards: rowsOf(cardTable),
    accumulators: rowsOf(accumulatorTable),
    requests: rowsOf(requestTable),
    settlements: rowsOf(settlementTable),
    bankLegs: rowsOf(bankLegTable),
    refunds: rowsOf(refundTable),
    corrections: rowsOf(correctionTable),
    claims: rowsOf(claimTable),
    closings: rowsOf(resolutionTable),
    postings: new Map(),
    listed,
    list(cardId, hits) {
      listed.set(cardId, hits);
      listSet += 1;
    },
    listSet: () => listSet,
    add(person, ...cards) {
      store.persons.set(person.key.personNo, person);
      store.openings.set(person.key.personNo, person.accountBalance);
      for (const card of cards) store.cards.set(card.cardId, card);
    },
    read: (need) => factsFor(stateOf(store, rowsOf, need.key), need),
    factsOf: (command) => store.read(kindOf(command).needs(command)),
    factsOfSettlement(id, more) {
      const key = store.settlements.get(id)?.key;
      const need = { cardId: undefined, settlementId: id, request: undefined, ...more };
      return key && store.read({ key, ...need });
    },
    run(command) {
      const state = stateOf(store, rowsOf, command.key);
      const decision = decide(command, factsFor(state, kindOf(command).needs(command)));
      const executed = { ...decision, rendered: renderAnswer(decision.answer) };
      if (isStrict && decision.writes) {
        checkWrites(store, command, decision.writes);
        applyWrites(state, command, executed);
      }
      write(store, rowsOf, { command, state, executed });
      return executed;
    },
  };
  return store;
}

type RowsOf = <Row>(table: PersonTable<Row>) => Map<string, Row>;

/** A map for each table that somebody asks for. */
function createRows(): RowsOf {
  const tables = new Map<string, Map<string, unknown>>();
  return <Row>({ table }: PersonTable<Row>) => {
    const rows = tables.get(table) ?? new Map<string, unknown>();
    tables.set(table, rows);
    return rows as Map<string, Row>;
  };
}

/** The person's rows of every table, as a batch would have read them. */
function stateOf({ listed, listSet }: MemoryStore, rowsOf: RowsOf, key: PersonKey): PersonState {
  const state = createPersonState(key, personTables);
  state.listSet = listSet();
  for (const { table, stored, now } of state.tables) {
    for (const row of rowsOf(table).values()) {
      if ((row as { readonly key: PersonKey }).key.personNo !== key.personNo) continue;
      stored.push(row);
      now.push(row);
    }
  }
  for (const [cardId, hits] of listed) {
    for (const hit of hits) state.invalidListHits.push({ cardId, hit });
  }
  return state;
}

/** Of the tables that batches only add to, the postings alone are kept. */
function write(
  store: MemoryStore,
  rowsOf: RowsOf,
  what: {
    readonly command: Command;
    readonly state: PersonState;
    readonly executed: RenderedDecision;
  },
): void {
  const { command, state, executed } = what;
  const writes = storedWrites(executed);
  if (writes === undefined) return;
  for (const table of personTables as readonly AnyPersonTable[]) {
    if (table.rowKey === undefined) continue;
    for (const row of table.written(writes, command, state)) {
      rowsOf(table).set(table.rowKey(row), row);
    }
  }
  const { person } = writes;
  if (person) store.persons.set(person.key.personNo, { ...person, version: person.version + 1 });
  for (const posting of postingsOf(writes))
    store.postings.set(`${posting.settlementId} ${posting.postingNo}`, posting);
}
