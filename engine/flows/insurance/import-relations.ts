import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import { businessDateOf } from '../../base/time/calendar.ts';
import type { Bilingual } from '../../contract/values.ts';
import type { RelationChange } from '../../domain/insurance/relation.ts';
import type { Clock } from '../../ports/environment.ts';
import type { InsuranceRecords } from '../../ports/insurance.ts';
import type { FileHead, Measured } from '../files/file-head.ts';
import { checkMeasured } from '../files/file-head.ts';
import { inParts } from '../files/in-parts.ts';
import type { Rejection, SourceRow } from '../registry/import-register.ts';
import type { PersonRows } from './relation-rows.ts';
import { personRows } from './relation-rows.ts';

export type RelationFile = {
  readonly head: FileHead;
  readonly measured: Measured;
  readonly source: () => AsyncIterable<SourceRow>;
};

export type RelationImport = {
  readonly records: Pick<InsuranceRecords, 'beginFile' | 'applyChanges' | 'finishFile'>;
  readonly clock: Clock;
  readonly onRejected: (rejection: Rejection) => void;
  readonly onProgress: (rows: number) => void;
};

export type RelationReport = {
  readonly read: number;
  /** Rows that were not on record before. */
  readonly added: number;
  readonly rejected: number;
  /** The file was on record already, whole: nothing was read. */
  readonly isRepeated: boolean;
};

/** People in one transaction: few enough that a sale of one of them hardly waits. */
const PART_PEOPLE = 500;

/**
 * Takes an insurer's daily file: each person's rows together or, if one of them is wrong, none of theirs.
 * A file that was broken off, or from which rows were left out, is given again; what is on record stays
 * as it is. Files may come in any order: each relation's rows count in the order of the files.
 * @returns why the file is refused, before anything was changed
 */
export async function importRelations(
  deps: RelationImport,
  { head, measured, source }: RelationFile,
): Promise<Result<RelationReport, Bilingual>> {
  const wrong = checkMeasured(head, measured);
  if (wrong !== undefined) return fail(wrong);
  const { records, clock } = deps;
  const { key, hash, rows } = head;
  const known = await records.beginFile({ key, hash, rows }, clock.now());
  if (known !== undefined && known.hash !== hash) return fail(otherFile(known.hash));
  if (known?.rejected === 0) return ok({ read: 0, added: 0, rejected: 0, isRepeated: true });
  const report = { read: 0, added: 0, rejected: 0, isRepeated: false };
  for await (const people of inParts(personRows(key, source()), PART_PEOPLE)) {
    const { added, rejected } = await takePeople(deps, people);
    report.added += added;
    report.rejected += rejected;
    report.read += people.reduce((sum, person) => sum + person.rows.length, 0);
    deps.onProgress(report.read);
  }
  await records.finishFile(key, report.rejected, clock.now());
  return ok(report);
}

function otherFile(hash: string): Bilingual {
  const short = hash.slice(0, 8);
  return {
    zh: `同一来源、日期和序号的另一份文件（SHA-256 ${short}…）已在册；更正请用新的序号`,
    en: `Another file of this insurer, day and number (SHA-256 ${short}…) is on record; a correction takes a new number`,
  };
}

async function takePeople(
  { records, clock, onRejected }: RelationImport,
  people: readonly PersonRows[],
): Promise<{ readonly added: number; readonly rejected: number }> {
  const at = clock.now();
  const changes: RelationChange[] = people.flatMap((person) => person.changes);
  const applied = await records.applyChanges(changes, { at, today: businessDateOf(at) });
  const unknown = changes
    .filter(({ key }) => applied.unknown.has(key.personNo))
    .map(({ line }) => ({
      ...{ line, column: 'person_no' },
      ...{ zh: '该人员尚未登记', en: 'this person is not on record' },
    }));
  const rejected = [...people.flatMap((person) => person.rejected), ...unknown];
  for (const rejection of rejected.toSorted((one, other) => one.line - other.line)) {
    onRejected(rejection);
  }
  return { added: applied.added, rejected: rejected.length };
}
