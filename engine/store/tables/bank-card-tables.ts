import type { Generated } from 'kysely';

/** What travels between the office and the cards' banks, beside the outbox. */
export type BankCardTables = {
  card_bank: CardBankTable;
  card_batch: CardBatchTable;
  card_delivery: CardDeliveryTable;
  bank_work_item: WorkItemTable;
  bank_notice: NoticeTable;
  bank_review_file: ReviewFileTable;
};

type NoticeTable = {
  shard: number;
  card_id: string;
  sequence: number;
  bank: string;
  kind: string;
  digest: string;
  outcome: 'taken' | 'refused';
  code: string | null;
  received_at: bigint;
};

type ReviewFileTable = {
  bank: string;
  file_no: bigint;
  batch_no: bigint;
  digest: string;
  rows: number;
  received_at: bigint;
  done_at: Generated<bigint | null>;
  refused: Generated<number | null>;
};

type CardBankTable = {
  code: string;
  name: string;
  address: string;
  public_key: string;
  is_enabled: boolean;
};

type CardBatchTable = {
  batch_no: Generated<bigint>;
  bank: string;
  rows: number;
  created_at: bigint;
  accepted_at: Generated<bigint | null>;
  fence: number;
  next_at: bigint;
  attempts: number;
  last_failure: Generated<string | null>;
};

type CardDeliveryTable = {
  shard: number;
  card_id: string;
  last_sequence: number;
  fence: number;
  next_at: bigint;
  attempts: number;
  last_failure: Generated<string | null>;
};

type WorkItemTable = {
  shard: number;
  card_id: string;
  direction: 'message' | 'notice';
  sequence: number;
  bank: string;
  code: string;
  detail: string;
  owner: string;
  opened_at: bigint;
  deadline: bigint;
  closed_at: Generated<bigint | null>;
  closed_by: Generated<string | null>;
  note: Generated<string | null>;
};
