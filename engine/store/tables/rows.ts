import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type {
  CardId,
  InstitutionCode,
  PersonKey,
  PersonNo,
  RequestKey,
  SettlementId,
  TerminalId,
} from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import type { Card } from '../../domain/card/card.ts';
import type { InvalidListHit } from '../../domain/card/invalid-list.ts';
import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import type { Accumulator, Person } from '../../domain/person/person.ts';
import type { Refund } from '../../domain/refund/refund.ts';
import type { RenderedAnswer, RequestRecord } from '../../domain/request/request-record.ts';
import type { Resolution } from '../../domain/resolution/resolution.ts';
import type { Settlement, SettlementAmounts } from '../../domain/settlement/settlement.ts';
import type {
  AccumulatorRow,
  BankLegRow,
  CardRow,
  InvalidListEntryRow,
  PersonRow,
  RefundRow,
  RequestRow,
  ResolutionRow,
  SettlementRow,
} from './schema.ts';
import { fromSplitInputJson } from './split-input-json.ts';

/**
 * Rows of the database as values of the domain. The CHECKs of the tables stand for their validity.
 */

function keyOf(row: { shard: number; person_no: string }): PersonKey {
  return { shard: row.shard, personNo: row.person_no as PersonNo };
}

function msOf(value: bigint | null): number | undefined {
  return value === null ? undefined : Number(value);
}

export function personOf(row: PersonRow): Person {
  return {
    key: keyOf(row),
    name: row.name,
    region: row.region,
    scheme: row.scheme,
    personType: row.person_type,
    insured: row.insured,
    birthDate: row.birth_date,
    traits: row.traits,
    accountStatus: row.account_status,
    accountBalance: row.account_balance as Fen,
    accountHeld: row.account_held as Fen,
    version: row.version,
  };
}

export function cardOf(row: CardRow): Card {
  return {
    key: keyOf(row),
    cardId: row.card_id as CardId,
    cardNumber: row.card_number,
    cardClass: row.card_class,
    specVersion: row.spec_version,
    expiresOn: row.expires_on ?? undefined,
    status: row.status,
    oralLossUntil: msOf(row.oral_loss_until),
    pinVerifier: row.pin_verifier,
    pinWrongTries: row.pin_wrong_tries,
    lastChallenge: Number(row.last_challenge),
    lastAtc: row.last_atc,
  };
}

export function accumulatorOf(row: AccumulatorRow): Accumulator {
  const amounts = new Map<string, Fen>();
  for (const [name, text] of Object.entries(row.amounts)) amounts.set(name, BigInt(text) as Fen);
  return { key: keyOf(row), year: row.year, scheme: row.scheme, amounts };
}

export function invalidListHitOf(row: InvalidListEntryRow): InvalidListHit {
  return { level: row.level, region: row.region, reason: row.reason };
}

/** @param body the stored answer; undefined: none yet */
export function requestOf(row: RequestRow, body: string | undefined): RequestRecord {
  return {
    key: keyOf(row),
    terminalId: row.terminal_id as TerminalId,
    cardId: row.card_id as CardId,
    requestKey: row.request_key as RequestKey,
    fingerprint: row.fingerprint,
    settlementId: (row.settlement_id ?? undefined) as SettlementId | undefined,
    state: row.state,
    answer: answerOf(row, body),
    at: Number(row.at),
  };
}

function answerOf(row: RequestRow, body: string | undefined): RenderedAnswer | undefined {
  const { answer_status: status, answer_outcome: outcome } = row;
  if (status === null || outcome === null || body === undefined) return undefined;
  return { outcome, status, body, code: (row.answer_code ?? undefined) as ErrorCode | undefined };
}

function amountsOf(row: SettlementRow | RefundRow): SettlementAmounts {
  return {
    total: row.total as Fen,
    fundTotal: row.fund_total as Fen,
    otherTotal: row.other_pay as Fen,
    accountPay: row.account_pay as Fen,
    patientPay: row.patient_pay as Fen,
  };
}

export function settlementOf(row: SettlementRow): Settlement {
  return {
    key: keyOf(row),
    id: row.id as SettlementId,
    state: row.state,
    requestKey: row.request_key as RequestKey,
    terminalId: row.terminal_id as TerminalId,
    institution: row.institution as InstitutionCode,
    cardId: row.card_id as CardId,
    careType: row.care_type,
    careRegion: row.care_region,
    insuredRegion: row.insured_region,
    acceptedAt: Number(row.accepted_at),
    businessDate: row.business_date,
    postedAt: msOf(row.posted_at),
    tender: row.tender,
    packId: row.pack_id,
    input: fromSplitInputJson(row.input),
    amounts: amountsOf(row),
    warnings: row.warnings,
    refundedLines: row.refunded_lines,
    balanceAfter: row.balance_after as Fen,
    deadline: msOf(row.deadline),
  };
}

export function bankLegOf(row: BankLegRow): BankLeg {
  return {
    key: keyOf(row),
    settlementId: row.settlement_id as SettlementId,
    legNo: row.leg_no,
    kind: row.kind,
    state: row.state,
    amount: row.amount as Fen,
    stan: row.stan,
    batch: row.batch,
    bankTerminalId: row.bank_terminal_id,
    bankMerchantId: row.bank_merchant_id,
    sealedReference: row.sealed_reference,
    rrn: row.rrn ?? undefined,
    authCode: row.auth_code ?? undefined,
    responseCode: row.response_code ?? undefined,
    hostTime: row.host_time ?? undefined,
    reversalReason: row.reversal_reason ?? undefined,
    attempts: row.attempts,
    nextAttemptAt: msOf(row.next_attempt_at),
    openSince: msOf(row.open_since),
    fence: row.fence,
    lateRrn: row.late_rrn ?? undefined,
  };
}

export function resolutionOf(row: ResolutionRow): Resolution {
  const { approved_by: by, approved_at: at } = row;
  return {
    key: keyOf(row),
    settlementId: row.settlement_id as SettlementId,
    proposalNo: row.proposal_no,
    legNo: row.leg_no,
    outcome: row.outcome,
    reason: row.reason,
    lateRrn: row.late_rrn ?? undefined,
    proposedBy: row.proposed_by,
    proposedAt: Number(row.proposed_at),
    approval: by === null || at === null ? undefined : { by, at: Number(at) },
  };
}

export function refundOf(row: RefundRow): Refund {
  return {
    key: keyOf(row),
    settlementId: row.settlement_id as SettlementId,
    refundNo: row.refund_no,
    state: row.state,
    requestKey: row.request_key as RequestKey,
    terminalId: row.terminal_id as TerminalId,
    lines: row.lines,
    amounts: amountsOf(row),
    at: Number(row.at),
  };
}
