import type { Generated, Selectable } from 'kysely';
import type { CareType } from '../../../rules/model/bill.ts';
import type { RestoreCause } from '../../ports/restores.ts';
import type { BankCardTables } from './bank-card-tables.ts';
import type { InvalidListTables } from './invalid-list-tables.ts';
import type { OperatorTables } from './operator-tables.ts';

/**
 * Rows of no person, and the directory that finds a card's shard. No batch writes them: they are written in
 * transactions of their own (see `inTransaction`).
 */
export type ReferenceTables = OperatorTables &
  BankCardTables &
  InvalidListTables & {
    card_owner: { card_id: string; shard: number; person_no: string };
    opening_accumulator: OpeningTable;
    institution: InstitutionTable;
    terminal: TerminalTable;
    policy_pack: { id: string; content: string; digest: string; activated_at: bigint };
    policy_change: PolicyChangeTable;
    policy_approval: PolicyApprovalTable;
    catalogue: CatalogueTable;
    catalogue_item: { version: bigint; code: string; content: object };
    active_catalogue: {
      region: string;
      effective_from: string;
      version: bigint;
      activated_at: bigint;
    };
    reference_revision: { name: 'policy' | 'catalogue'; revision: bigint };
    restore: RestoreTable;
    personal_data_key: {
      key: string;
      check_value: string;
      sealed_key: string | null;
      noted_at: Generated<bigint>;
    };
  };

const names: Readonly<Record<keyof ReferenceTables, true>> = {
  personal_data_key: true,
  card_owner: true,
  institution: true,
  terminal: true,
  invalid_list: true,
  invalid_list_entry: true,
  invalid_list_version: true,
  invalid_list_set: true,
  invalid_list_import: true,
  invalid_list_issuer: true,
  offline_list: true,
  offline_list_delta: true,
  policy_pack: true,
  policy_change: true,
  policy_approval: true,
  catalogue: true,
  catalogue_item: true,
  active_catalogue: true,
  reference_revision: true,
  restore: true,
  opening_accumulator: true,
  operator: true,
  operator_credential: true,
  operator_session: true,
  proposal: true,
  proposal_end: true,
  audit_key: true,
  audit_row: true,
  card_bank: true,
  card_batch: true,
  card_delivery: true,
  bank_work_item: true,
  bank_notice: true,
  bank_review_file: true,
};

export function isReferenceTable(name: string): boolean {
  return Object.hasOwn(names, name);
}

/** The database fills in who proposed and who approved: the login that it has verified. */
type PolicyChangeTable = {
  change_no: number;
  steps: object;
  packs: object;
  reason: string | null;
  needs_approval: boolean;
  proposed_by: Generated<string>;
  proposed_at: bigint;
  revision: bigint;
};

type PolicyApprovalTable = {
  change_no: number;
  proposed_by: string;
  approved_by: Generated<string>;
  approved_at: bigint;
  revision: bigint;
};

export type TerminalRow = Selectable<TerminalTable>;

/** Totals of a year as they came from an earlier system; the accumulator goes on from them. */
type OpeningTable = {
  shard: number;
  person_no: string;
  year: number;
  scheme: string;
  amounts: object;
  recorded_by: Generated<string>;
  recorded_at: Generated<bigint>;
};

type InstitutionTable = {
  code: string;
  name: string;
  region: string;
  care_place_kind: 'hospital' | 'pharmacy';
  care_place_level: 1 | 2 | 3 | null;
  is_community: boolean;
  is_enabled: Generated<boolean>;
  care_place_marks: string[];
};

type TerminalTable = {
  id: string;
  institution: string;
  is_enabled: boolean;
  care_types: CareType[];
  public_key: string;
  sealed_master_key: string;
  sign_no: string | null;
  sealed_pin_key: string | null;
  sealed_mac_key: string | null;
  signed_in_at: bigint | null;
  bank_terminal_id: string;
  bank_merchant_id: string;
  bank_pin_key_blob: string | null;
  bank_mac_key_blob: string | null;
  bank_sign_in_no: Generated<bigint>;
  bank_sign_in_at: bigint | null;
  bank_keys_no: Generated<bigint>;
  once_requests: Generated<string[]>;
};

type CatalogueTable = {
  version: Generated<bigint>;
  region: string;
  effective_from: string;
  header: object;
  items: number;
  digest: string;
  imported_at: bigint;
};

type RestoreTable = {
  restore_no: Generated<number>;
  books: string;
  noted_at: bigint;
  cause: RestoreCause;
  identity: string;
  trace_from: bigint;
  trace_to: bigint;
  cards_locked: number;
};
