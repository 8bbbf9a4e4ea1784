import type { Generated, Selectable } from 'kysely';
import type { CareType } from '../../../rules/model/bill.ts';
import type { CardStatus } from '../../domain/card/card.ts';
import type { InvalidListHit } from '../../domain/card/invalid-list.ts';
import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import type { AccountStatus } from '../../domain/person/person.ts';
import type { Refund } from '../../domain/refund/refund.ts';
import type { Outcome } from '../../domain/request/answer.ts';
import type { RequestRecord } from '../../domain/request/request-record.ts';
import type { ResolutionOutcome } from '../../domain/resolution/resolution.ts';
import type {
  BillWarning,
  SettlementState,
  TenderKind,
} from '../../domain/settlement/settlement.ts';
import type { StoredSplitInput } from './split-input-json.ts';

/**
 * The tables as Kysely and the row readers see them; a test compares this list with the database.
 * bigint columns are `bigint` (fen, or ms since 1970), smallint and integer are `number`.
 */
export type Database = {
  person: PersonTable;
  card: CardTable;
  card_owner: { card_id: string; shard: number; person_no: string };
  accumulator: AccumulatorTable;
  settlement: SettlementTable;
  settlement_transition: { from_state: string; to_state: string };
  request: RequestTable;
  answer_block: { shard: number; id: bigint; bodies: Buffer };
  bank_leg: BankLegTable;
  refund: RefundTable;
  closing_proposal: ClosingProposalTable;
  closing_approval: ClosingApprovalTable;
  posting: PostingTable;
  /** A view: the entries of the postings one by one. */
  entry: EntryTable;
  carried_entries: OfPerson & { account: string; amount: bigint; entries: bigint };
  shared_account: { shard: number; account: string; balance: bigint; entries: bigint };
  outbox: OutboxTable;
  institution: InstitutionTable;
  terminal: TerminalTable;
  invalid_list: { level: string; region: string; version: number; loaded_at: bigint };
  invalid_list_entry: InvalidListEntryTable;
  policy_pack: { id: string; content: string; digest: string; activated_at: bigint };
  catalogue: CatalogueTable;
  catalogue_item: { version: bigint; code: string; content: object };
  active_catalogue: {
    region: string;
    effective_from: string;
    version: bigint;
    activated_at: bigint;
  };
  reference_revision: { name: 'policy' | 'catalogue'; revision: bigint };
};

export type PersonRow = Selectable<PersonTable>;
export type CardRow = Selectable<CardTable>;
export type AccumulatorRow = Selectable<AccumulatorTable>;
export type SettlementRow = Selectable<SettlementTable>;
export type RequestRow = Selectable<RequestTable>;
export type BankLegRow = Selectable<BankLegTable>;
export type RefundRow = Selectable<RefundTable>;
/** A proposal with its approval, if there is one. */
export type ResolutionRow = Selectable<ClosingProposalTable> & {
  approved_by: string | null;
  approved_at: bigint | null;
};
export type InvalidListEntryRow = Selectable<InvalidListEntryTable>;
export type TerminalRow = Selectable<TerminalTable>;

type OfPerson = { shard: number; person_no: string };

type PersonTable = OfPerson & {
  name: string;
  region: string;
  scheme: string;
  person_type: string;
  insured: boolean;
  birth_date: string;
  traits: string[];
  account_status: AccountStatus;
  account_balance: bigint;
  account_held: bigint;
  opening_balance: bigint;
  version: number;
};

type CardTable = OfPerson & {
  card_id: string;
  card_number: string;
  card_class: string;
  spec_version: string;
  expires_on: string | null;
  status: CardStatus;
  oral_loss_until: bigint | null;
  pin_verifier: string;
  pin_wrong_tries: number;
  last_challenge: bigint;
  last_atc: number;
};

type AccumulatorTable = OfPerson & {
  year: number;
  scheme: string;
  amounts: { [name: string]: string };
};

type Amounts = {
  total: bigint;
  fund_total: bigint;
  other_pay: bigint;
  account_pay: bigint;
  patient_pay: bigint;
};

type SettlementTable = OfPerson &
  Amounts & {
    id: string;
    state: SettlementState;
    request_key: string;
    terminal_id: string;
    institution: string;
    card_id: string;
    care_type: CareType;
    care_region: string;
    insured_region: string;
    accepted_at: bigint;
    business_date: string;
    posted_at: bigint | null;
    tender: TenderKind;
    pack_id: string;
    input: StoredSplitInput;
    warnings: readonly BillWarning[];
    refunded_lines: string[];
    balance_after: bigint;
    deadline: bigint | null;
  };

type RequestTable = OfPerson & {
  terminal_id: string;
  request_key: string;
  card_id: string;
  fingerprint: string;
  settlement_id: string | null;
  state: RequestRecord['state'];
  answer_status: number | null;
  answer_outcome: Outcome | null;
  answer_code: string | null;
  answer_shard: number | null;
  answer_block: bigint | null;
  answer_no: number | null;
  at: bigint;
};

type BankLegTable = OfPerson & {
  settlement_id: string;
  leg_no: number;
  kind: BankLeg['kind'];
  state: BankLeg['state'];
  amount: bigint;
  stan: number;
  batch: number;
  bank_terminal_id: string;
  bank_merchant_id: string;
  sealed_reference: string;
  rrn: string | null;
  auth_code: string | null;
  response_code: string | null;
  host_time: string | null;
  reversal_reason: NonNullable<BankLeg['reversalReason']> | null;
  attempts: number;
  next_attempt_at: bigint | null;
  open_since: bigint | null;
  fence: number;
  late_rrn: string | null;
};

type ClosingProposalTable = OfPerson & {
  settlement_id: string;
  proposal_no: number;
  leg_no: number;
  outcome: ResolutionOutcome;
  reason: string;
  late_rrn: string | null;
  proposed_by: string;
  proposed_at: bigint;
};

type ClosingApprovalTable = OfPerson & {
  settlement_id: string;
  proposal_no: number;
  proposed_by: string;
  approved_by: string;
  approved_at: bigint;
};

type RefundTable = OfPerson &
  Amounts & {
    settlement_id: string;
    refund_no: number;
    state: Refund['state'];
    request_key: string;
    terminal_id: string;
    lines: string[];
    at: bigint;
  };

type PostingTable = OfPerson & {
  settlement_id: string;
  posting_no: number;
  accounts: string[];
  amounts: bigint[];
  posted_at: bigint;
};

type EntryTable = {
  shard: number;
  settlement_id: string;
  posting_no: number;
  entry_no: number;
  account: string;
  person_no: string | null;
  amount: bigint;
  posted_at: bigint;
};

type OutboxTable = {
  shard: number;
  id: Generated<bigint>;
  topic: string;
  settlement_id: string;
  payload: { [name: string]: string };
  created_at: bigint;
  sent_at: bigint | null;
};

type InstitutionTable = {
  code: string;
  name: string;
  region: string;
  care_place_kind: 'hospital' | 'pharmacy';
  care_place_level: 1 | 2 | 3 | null;
  is_community: boolean;
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

type InvalidListEntryTable = {
  card_id: string;
  level: InvalidListHit['level'];
  region: string;
  reason: string;
};
