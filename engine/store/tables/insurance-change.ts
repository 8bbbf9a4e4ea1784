import type { RelationChange } from '../../domain/insurance/relation.ts';
import {
  bigint,
  type ColumnsOf,
  integer,
  keyOf,
  personKey,
  type StoredOf,
  text,
} from './column.ts';
import { tableOf } from './table.ts';

/** A row of an insurer's file, and when it came on record (ms). */
export type RecordedChange = RelationChange & { readonly recordedAt: number };

const columns = {
  ...personKey('key'),
  source: text('key', ({ file }) => file.source),
  relation_no: text('key', ({ relationNo }) => relationNo),
  file_date: text('key', ({ file }) => file.date),
  file_no: integer('key', ({ file }) => file.number),
  line: integer('key', ({ line }) => line),
  state: text('fixed', ({ state }) => state),
  from_day: text('fixed', ({ from }) => from),
  until_day: text('fixed', ({ until }) => until),
  region: text('fixed', ({ region }) => region),
  scheme: text('fixed', ({ scheme }) => scheme),
  person_type: text('fixed', ({ personType }) => personType),
  employer: text('fixed', ({ employer }) => employer),
  recorded_at: bigint('fixed', ({ recordedAt }) => recordedAt),
} satisfies ColumnsOf<RecordedChange>;

/** History of insurance relations, only ever added to; no batch reads it. */
export const insuranceChangeTable = tableOf('insurance_change', columns);

export function changeOf(row: StoredOf<typeof columns>): RecordedChange {
  return {
    key: keyOf(row),
    relationNo: row.relation_no,
    file: { source: row.source, date: row.file_date, number: row.file_no },
    line: row.line,
    state: row.state,
    from: row.from_day,
    until: row.until_day ?? undefined,
    region: row.region,
    scheme: row.scheme,
    personType: row.person_type,
    employer: row.employer ?? undefined,
    recordedAt: Number(row.recorded_at),
  };
}
