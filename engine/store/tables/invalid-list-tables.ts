import type { Generated } from 'kysely';
import type { InvalidListHit } from '../../domain/card/invalid-list.ts';
import type { CardUuid } from './card-uuid.ts';

/** The invalid lists, and the compact ones for terminals. */
export type InvalidListTables = {
  invalid_list: InvalidListTable;
  invalid_list_entry: InvalidListEntryTable;
  invalid_list_version: InvalidListVersionTable;
  invalid_list_set: { set_no: number; versions: object; made_at: bigint };
  invalid_list_import: InvalidListImportTable;
  invalid_list_issuer: InvalidListIssuerTable;
  offline_list: OfflineListTable;
  offline_list_delta: OfflineListDeltaTable;
};

type InvalidListTable = {
  level: InvalidListHit['level'];
  region: string;
  version: number;
  loaded_at: bigint;
  list_no: Generated<number>;
  entries: Generated<number>;
  list_hash: string | null;
  issued_at: Generated<bigint>;
  is_kept_here: Generated<boolean>;
};

type InvalidListEntryTable = {
  card_id: CardUuid;
  from_version: number;
  until_version: number | null;
  list_no: number;
  follows_card: Generated<boolean>;
  reason: string;
};

type InvalidListVersionTable = {
  list_no: number;
  version: number;
  base_version: number | null;
  entries: number;
  added: number;
  removed: number;
  list_hash: string | null;
  file_hash: string | null;
  key_id: string | null;
  signature: string | null;
  issued_at: bigint;
  loaded_at: bigint;
  loaded_by: Generated<string>;
};

type InvalidListImportTable = {
  list_no: number;
  version: number;
  base_version: number | null;
  file_hash: string;
  rows_done: Generated<number>;
  added: Generated<number>;
  removed: Generated<number>;
  last_card: CardUuid | null;
  started_at: bigint;
  changed_at: bigint;
};

type InvalidListIssuerTable = {
  key_id: string;
  level: string;
  region: string;
  algorithm: string;
  public_key: string;
  added_at: bigint;
  added_by: Generated<string>;
  revoked_at: bigint | null;
};

type OfflineListTable = {
  set_no: number;
  entries: number;
  hash_key: string;
  made_at: bigint;
  file_hash: string;
  file: Buffer;
};

type OfflineListDeltaTable = {
  base_set_no: number;
  set_no: number;
  changes: number;
  made_at: bigint;
  file_hash: string;
  file: Buffer;
};
