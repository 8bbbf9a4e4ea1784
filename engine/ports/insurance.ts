import type { PersonKey, PersonNo, SettlementId } from '../base/ids/ids.ts';
import type { FileKey } from '../domain/files/file-key.ts';
import type { RelationChange } from '../domain/insurance/relation.ts';

/** A file of an insurer as its head describes it. */
export type InsuranceFile = {
  readonly key: FileKey;
  /** SHA-256 of its rows, hex. */
  readonly hash: string;
  readonly rows: number;
};

/** A file on record. `doneAt`, ms: undefined while its import was broken off. */
export type RecordedFile = InsuranceFile & {
  readonly by: string;
  readonly startedAt: number;
  readonly doneAt: number | undefined;
  /** Rows that were left out when it was last given. */
  readonly rejected: number | undefined;
};

/** What became of the rows of some people. */
export type AppliedChanges = {
  /** Nobody of this number is on record: none of the person's rows was taken. */
  readonly unknown: ReadonlySet<PersonNo>;
  /** Rows that were not on record before. */
  readonly added: number;
};

/** A settlement that stands, and how its person is insured on its day by now. */
export type EarlierSettlement = {
  readonly id: SettlementId;
  readonly key: PersonKey;
  readonly serviceDate: string;
  /** As it was settled. */
  readonly region: string;
  readonly scheme: string;
  readonly personType: string;
};

/** Insurance relations (参保关系) of people. */
export type InsuranceRecords = {
  /** Puts the file on record if it is new. @returns it as it was before; undefined: it is new */
  beginFile(file: InsuranceFile, at: number): Promise<RecordedFile | undefined>;
  /**
   * Takes the rows of some people, each person whole, and changes when they are insured: one transaction.
   * Rows that are on record already change nothing.
   * @param today the columns of the person's row show how the person is insured on this day
   */
  applyChanges(
    changes: readonly RelationChange[],
    moment: { readonly at: number; readonly today: string },
  ): Promise<AppliedChanges>;
  finishFile(key: FileKey, rejected: number, at: number): Promise<void>;
  /** The newest first. */
  listFiles(limit: number): Promise<readonly RecordedFile[]>;
  /** The insured region; undefined: nobody of this number. */
  regionOf(key: PersonKey): Promise<string | undefined>;
  /** All changes of a person, in the order in which they came; undefined: nobody of this number. */
  changesOf(key: PersonKey): Promise<readonly RecordedRelationChange[] | undefined>;
  /**
   * Settlements that stand, of people in the file, from the day on that the file says something about, and of
   * before the file came; with the changes of their people. In parts.
   */
  settlementsBefore(key: FileKey): AsyncIterable<readonly SettlementWithChanges[]>;
};

export type RecordedRelationChange = RelationChange & { readonly recordedAt: number };

export type SettlementWithChanges = {
  readonly settlement: EarlierSettlement;
  readonly changes: readonly RelationChange[];
};
