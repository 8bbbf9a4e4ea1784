import type { PersonKey } from '../../base/ids/ids.ts';
import { addDays } from '../../base/time/calendar.ts';
import type { FileKey } from '../files/file-key.ts';
import type { InsuredSpan } from '../person/insured-span.ts';
import { inOrder } from './insured-spans.ts';

/**
 * State of an insurance relation (参保关系) from a day on: insured (正常参保), paused (暂停参保), in arrears (欠费),
 * ended (终止参保). Only the first one pays.
 */
export const relationStates = ['normal', 'paused', 'arrears', 'ended'] as const;
export type RelationState = (typeof relationStates)[number];

/**
 * A row of an insurer's daily file: from a day on, this is what is known of the relation. What was known
 * of later days before is no longer so; what was known of earlier days stays.
 */
export type RelationChange = {
  readonly key: PersonKey;
  /** 参保关系 ID `psn_insu_rlts_id`, of the insurer. */
  readonly relationNo: string;
  readonly file: FileKey;
  readonly line: number;
  readonly state: RelationState;
  readonly from: string;
  /** The last day of it; undefined: until another row says otherwise. */
  readonly until: string | undefined;
  readonly region: string;
  readonly scheme: string;
  readonly personType: string;
  /** 单位编号 `emp_no`. */
  readonly employer: string | undefined;
};

/** A stretch of days on which a relation is in one state. */
export type RelationSpan = Omit<RelationChange, 'key' | 'file' | 'line'>;

/**
 * What is known of each relation: its changes one after the other, in the order of the files and not in
 * that in which they came. So a file that is late takes its own place, and a file given twice changes
 * nothing.
 */
export function relationSpans(
  changes: readonly RelationChange[],
): ReadonlyMap<string, readonly RelationSpan[]> {
  const spans = new Map<string, readonly RelationSpan[]>();
  for (const change of changes.toSorted(byFile)) {
    const id = `${change.file.source} ${change.relationNo}`;
    spans.set(id, [...before(spans.get(id) ?? [], change.from), spanOf(change)]);
  }
  return spans;
}

/** The days on which a person with these relations is insured, as the counter takes them. */
export function insuredSpans(changes: readonly RelationChange[]): readonly InsuredSpan[] {
  const insured = [...relationSpans(changes).values()].flatMap((spans) =>
    joined(spans.filter(({ state }) => state === 'normal')),
  );
  return inOrder(insured);
}

function byFile(one: RelationChange, other: RelationChange): number {
  return (
    compare(one.file.date, other.file.date) ||
    one.file.number - other.file.number ||
    one.line - other.line
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The spans as far as they lie before a day. */
function before(spans: readonly RelationSpan[], day: string): readonly RelationSpan[] {
  return spans
    .filter(({ from }) => from < day)
    .map((span) =>
      span.until === undefined || span.until >= day ? { ...span, until: addDays(day, -1) } : span,
    );
}

function spanOf({ key: _, file: __, line: ___, ...span }: RelationChange): RelationSpan {
  return span;
}

/** Spans that follow each other with the same scheme, type and region are one. */
function joined(spans: readonly RelationSpan[]): readonly InsuredSpan[] {
  const all: InsuredSpan[] = [];
  for (const { region, scheme, personType, from, until } of spans) {
    const last = all.at(-1);
    const goesOn =
      last?.until !== undefined &&
      addDays(last.until, 1) === from &&
      last.region === region &&
      last.scheme === scheme &&
      last.personType === personType;
    if (goesOn) all.pop();
    all.push({ region, scheme, personType, from: goesOn && last ? last.from : from, until });
  }
  return all;
}
