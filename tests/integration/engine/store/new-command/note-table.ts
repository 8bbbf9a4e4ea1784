/** A table that only tests know: all of it, in one module. */
import {
  type ColumnsOf,
  keyOf,
  personKey,
  type StoredOf,
  smallint,
  text,
} from '../../../../../engine/store/tables/column.ts';
import { byPerson, findRows } from '../../../../../engine/store/tables/find-rows.ts';
import { listOf, type PersonTable } from '../../../../../engine/store/tables/person-table.ts';
import { tableOf } from '../../../../../engine/store/tables/table.ts';
import type { Note } from './add-note.ts';

const columns = {
  ...personKey('key'),
  note_no: smallint('key', (note) => note.noteNo),
  text: text('fixed', (note) => note.text),
} satisfies ColumnsOf<Note>;

export const noteTable = {
  ...tableOf('note', columns),
  reads: [findRows('note', 'note', byPerson, [])],
  read: (row: StoredOf<typeof columns>): Note => ({
    key: keyOf(row),
    noteNo: row.note_no,
    text: row.text,
  }),
  rowKey: ({ noteNo }) => String(noteNo),
  facts: (notes) => ({ notes }),
  written: ({ note }) => listOf(note),
} satisfies PersonTable<Note>;

/** Its migration. */
export const noteMigration = `create table note (
  shard smallint not null,
  person_no text not null,
  note_no smallint not null,
  text text not null,
  primary key (shard, person_no, note_no)
)`;
