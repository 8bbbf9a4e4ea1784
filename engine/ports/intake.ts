import type { PersonKey, PersonNo } from '../base/ids/ids.ts';

/** 单位申领协议: an employer that may apply for cards of its staff. */
export type Agreement = {
  readonly employer: string;
  readonly name: string;
  readonly region: string;
  readonly agreementNo: string;
  readonly from: string;
  readonly until: string | undefined;
  /** The bank that its staff is bound to; undefined: each chooses from the region's list. */
  readonly bank: string | undefined;
};

/** What is on record of somebody in a batch. */
export type Applicant = {
  readonly key: PersonKey;
  readonly name: string;
  readonly region: string;
  /** The bank that the person's group is bound to. */
  readonly boundBank: string | undefined;
};

export type BatchRow = {
  readonly key: PersonKey;
  readonly line: number;
  readonly applicationNo: string;
  readonly bank: string;
  /** "id-record" (身份证照片), or the number of a studio's receipt (照相回执号). */
  readonly photo: string;
};

/** A row with what became of it. */
export type BatchRowState = BatchRow & {
  readonly refusal: string | undefined;
  readonly detail: string | undefined;
  /** Of the application; undefined: there is none. */
  readonly state: string | undefined;
  readonly cardStatus: string | undefined;
  /** By when the card is to be there, ms. */
  readonly dueAt: number | undefined;
  readonly cardId: string | undefined;
};

export type CardBatch = {
  readonly batchNo: string;
  readonly employer: string;
  readonly hash: string;
  readonly rows: number;
};

/** What is late: of the office's making, or of an employer's handing out. */
export type OverdueCard = {
  readonly kind: 'making' | 'handing-out';
  readonly applicationNo: string;
  readonly region: string;
  readonly employer: string | undefined;
  readonly state: string;
  /** ms */
  readonly since: number;
};

/** Applications that employers bring for their staff. */
export type IntakeRecords = {
  saveAgreement(agreement: Agreement, at: number): Promise<void>;
  findAgreement(employer: string): Promise<Agreement | undefined>;
  listAgreements(): Promise<readonly Agreement[]>;
  bindBank(region: string, personType: string, bank: string): Promise<void>;
  findApplicants(personNos: readonly PersonNo[]): Promise<ReadonlyMap<PersonNo, Applicant>>;
  findBatch(batchNo: string): Promise<CardBatch | undefined>;
  findBatchByHash(hash: string): Promise<string | undefined>;
  /** With all its rows, or not at all. */
  saveBatch(batch: CardBatch, rows: readonly BatchRow[], at: number): Promise<void>;
  rowsOf(batchNo: string): Promise<readonly BatchRowState[]>;
  noteOutcome(
    batchNo: string,
    rows: readonly (BatchRow & { readonly refusal: string | undefined; readonly detail: string })[],
  ): Promise<void>;
  finishBatch(batchNo: string, refused: number, at: number): Promise<void>;
  /**
   * Forms whose card is not there by its day, and cards that an employer holds since before its days were
   * over.
   */
  openCards(at: number): Promise<readonly OverdueCard[]>;
};
