import type pg from 'pg';
import type { PersonKey, SettlementId } from '../../base/ids/ids.ts';
import type { InvalidListHit } from '../../domain/card/invalid-list.ts';
import type { FactsNeed, PersonCommand } from '../../domain/command.ts';
import type { Facts, Writes } from '../../domain/decision.ts';
import type { RequestRecord } from '../../domain/request/request-record.ts';
import type { Part } from '../batch/part.ts';
import type { Read } from './find-rows.ts';
import type { WrittenTable } from './table.ts';

/**
 * A table whose rows belong to people: all that a batch must know of it. A module of such a table, and a line
 * in the list `personTables`, make it part of every batch.
 */
export type PersonTable<Row> = WrittenTable<Row> & {
  /** The statements that find its rows; none: batches only add to it. */
  readonly reads: readonly Read[];
  /** A row as one of those statements gives it. */
  read?(stored: object): Row;
  /** Instead of `read`, for rows that need a second look at the database; in the same order. */
  readAll?(client: pg.ClientBase, stored: readonly object[]): Promise<readonly Row[]>;
  /** Tells rows apart. None: rows are only ever added. */
  rowKey?(row: Row): string;
  /** What a decision is told of the rows. `asked` has the settlement's card if it named none. */
  facts?(rows: readonly Row[], asked: FactsNeed): Partial<Facts>;
  /** The rows that a decision wants to be there. `state`: the person as earlier commands have left it. */
  written(writes: StoredWrites, command: PersonCommand, state: PersonState): readonly Row[];
  /** Throws InvariantViolation if a written row does not fit the person's rows as they are now. */
  check?(rows: readonly Row[], row: Row, writes: StoredWrites): void;
  /** Its parts of the writing statement; without this, new rows are inserted and changed ones updated. */
  parts?(changes: Changes<Row>, people: readonly PersonState[]): readonly Part[];
};

/** The writes of a decision, with the request's answer rendered. */
export type StoredWrites = Omit<Writes, 'request'> & {
  readonly request?: RequestRecord | undefined;
};

/** Any of them, where only the table itself knows what its rows are. */
export type AnyPersonTable = PersonTable<unknown>;

/** A row as it was read and as it shall be. */
export type Changed<Row> = { readonly stored: Row; readonly now: Row };

/** Rows that are new, and rows that were read and are another value now. */
export type Changes<Row> = {
  readonly added: readonly Row[];
  readonly changed: readonly Changed<Row>[];
};

/** Changed rows as they shall be. */
export function nowOf<Row>(changed: readonly Changed<Row>[]): Row[] {
  return changed.map(({ now }) => now);
}

/** All that a batch knows of one person; later commands see what earlier ones did. */
export type PersonState = {
  readonly key: PersonKey;
  /** One for each table, in the order of the list. */
  readonly tables: readonly TableState[];
  readonly invalidListHits: { readonly cardId: string; readonly hit: InvalidListHit }[];
  /** The set of invalid lists in force; undefined: no command of the batch needs it. */
  listSet: number | undefined;
  isWritten: boolean;
};

/** The person's rows of a table: as they were read (undefined: not there), and as commands have left them. */
export type TableState = {
  readonly table: AnyPersonTable;
  readonly stored: unknown[];
  readonly now: unknown[];
};

/** The person's rows of a table as the commands of the batch have left them. */
export function rowsNow<Row>(
  { tables }: PersonState,
  wanted: Pick<PersonTable<Row>, 'table' | 'written'>,
): readonly Row[] {
  const own = tables.find(({ table }) => table.table === wanted.table);
  // A table's rows are of one type; only the list of all tables does not say which.
  return (own?.now ?? none) as readonly Row[];
}

const none: readonly never[] = [];

/** For `written`: one row or none. */
export function listOf<Row>(row: Row | undefined): readonly Row[] {
  return row === undefined ? none : [row];
}

/** For `facts`: the rows of the settlement that was asked for. */
export function ofSettlement<Row extends { readonly settlementId: SettlementId | undefined }>(
  rows: readonly Row[],
  { settlementId }: FactsNeed,
): Row[] {
  if (settlementId === undefined) return [];
  return rows.filter((row) => row.settlementId === settlementId);
}
