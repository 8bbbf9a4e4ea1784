import type { Card } from '../../domain/card/card.ts';
import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import type { Accumulator, Person } from '../../domain/person/person.ts';
import type { Refund } from '../../domain/refund/refund.ts';
import type { Resolution } from '../../domain/resolution/resolution.ts';
import type { Settlement } from '../../domain/settlement/settlement.ts';
import type { Posting } from '../batch/person-state.ts';
import type { AnswerBlock, PlacedRequest } from './answer-block.ts';
import {
  bigint,
  bigintArray,
  bytea,
  type Column,
  type Columns,
  integer,
  json,
  type OfPerson,
  personNo,
  shard,
  smallint,
  text,
  textArray,
} from './column.ts';
import { toSplitInputJson } from './split-input-json.ts';

/** `moved`: the sum of the person's entries in this batch. */
export type PersonWrite = Person & { readonly moved: bigint };

/** `version` is the one that was read: the guard of all the person's rows. */
export const personColumns: Columns<PersonWrite> = {
  table: 'person',
  key: [shard, personNo],
  fixed: [integer('version', (row) => row.version), bigint('moved', (row) => row.moved)],
  changing: [
    text('account_status', (row) => row.accountStatus),
    bigint('account_balance', (row) => row.accountBalance),
    bigint('account_held', (row) => row.accountHeld),
  ],
};

/**
 * Cards are issued, reported lost and cancelled elsewhere: a settlement changes their counters only, so
 * that it cannot write back a state which has changed since it was read.
 */
export const cardColumns: Columns<Card> = {
  table: 'card',
  key: [shard, text('card_id', (row) => row.cardId)],
  fixed: [],
  changing: [
    smallint('pin_wrong_tries', (row) => row.pinWrongTries),
    bigint('last_challenge', (row) => row.lastChallenge),
    integer('last_atc', (row) => row.lastAtc),
  ],
};

export const accumulatorColumns: Columns<Accumulator> = {
  table: 'accumulator',
  key: [shard, personNo, smallint('year', (row) => row.year), text('scheme', (row) => row.scheme)],
  fixed: [],
  changing: [json('amounts', amountTexts)],
};

/** Yearly totals as they are stored: fen as decimal text by name. */
export function amountTexts({ amounts }: Accumulator): { readonly [name: string]: string } {
  return Object.fromEntries([...amounts].map(([name, amount]) => [name, amount.toString()]));
}

export const requestColumns: Columns<PlacedRequest> = {
  table: 'request',
  key: [
    shard,
    text('terminal_id', (row) => row.terminalId),
    text('request_key', (row) => row.requestKey),
    text('card_id', (row) => row.cardId),
    bigint('at', (row) => row.at),
  ],
  fixed: [personNo, text('fingerprint', (row) => row.fingerprint)],
  changing: [
    text('settlement_id', (row) => row.settlementId),
    text('state', (row) => row.state),
    smallint('answer_status', (row) => row.answer?.status),
    text('answer_outcome', (row) => row.answer?.outcome),
    text('answer_code', (row) => row.answer?.code),
    smallint('answer_shard', (row) => row.place?.shard),
    bigint('answer_block', (row) => row.place?.block),
    smallint('answer_no', (row) => row.place?.no),
  ],
};

export const answerBlockColumns: Columns<AnswerBlock> = {
  table: 'answer_block',
  key: [smallint('shard', (row) => row.shard), bigint('id', (row) => row.id)],
  fixed: [bytea('bodies', (row) => row.bodies)],
  changing: [],
};

export const settlementColumns: Columns<Settlement> = {
  table: 'settlement',
  key: [shard, text('id', (row) => row.id)],
  fixed: [
    personNo,
    text('request_key', (row) => row.requestKey),
    text('terminal_id', (row) => row.terminalId),
    text('institution', (row) => row.institution),
    text('card_id', (row) => row.cardId),
    text('care_type', (row) => row.careType),
    text('care_region', (row) => row.careRegion),
    text('insured_region', (row) => row.insuredRegion),
    bigint('accepted_at', (row) => row.acceptedAt),
    text('business_date', (row) => row.businessDate),
    text('tender', (row) => row.tender),
    text('pack_id', (row) => row.packId),
    json('input', (row) => toSplitInputJson(row.input)),
    json('warnings', (row) => row.warnings),
  ],
  changing: [
    text('state', (row) => row.state),
    bigint('posted_at', (row) => row.postedAt),
    bigint('total', (row) => row.amounts.total),
    bigint('fund_total', (row) => row.amounts.fundTotal),
    bigint('other_pay', (row) => row.amounts.otherTotal),
    bigint('account_pay', (row) => row.amounts.accountPay),
    bigint('patient_pay', (row) => row.amounts.patientPay),
    textArray('refunded_lines', (row) => row.refundedLines),
    bigint('balance_after', (row) => row.balanceAfter),
    bigint('deadline', (row) => row.deadline),
  ],
};

/** A row as it was read and as it shall be. */
export type Changed<Row> = { readonly stored: Row; readonly now: Row };

/** A settlement moves only from the state that was decided on. */
export const settlementChangeColumns: Columns<Changed<Settlement>> = {
  table: 'settlement',
  key: [
    ...settlementColumns.key.map(changedTo),
    { name: 'former_state', equals: 'state', type: 'text', of: ({ stored }) => stored.state },
  ],
  fixed: [],
  changing: settlementColumns.changing.map(changedTo),
};

function changedTo<Row>(column: Column<Row>): Column<Changed<Row>> {
  return { ...column, of: ({ now }) => column.of(now) };
}

export const bankLegColumns: Columns<BankLeg> = {
  table: 'bank_leg',
  key: [
    shard,
    text('settlement_id', (row) => row.settlementId),
    smallint('leg_no', (row) => row.legNo),
  ],
  fixed: [
    personNo,
    bigint('amount', (row) => row.amount),
    text('bank_terminal_id', (row) => row.bankTerminalId),
    text('bank_merchant_id', (row) => row.bankMerchantId),
  ],
  changing: [
    text('kind', (row) => row.kind),
    text('state', (row) => row.state),
    integer('stan', (row) => row.stan),
    integer('batch', (row) => row.batch),
    text('sealed_reference', (row) => row.sealedReference),
    text('rrn', (row) => row.rrn),
    text('auth_code', (row) => row.authCode),
    text('response_code', (row) => row.responseCode),
    text('host_time', (row) => row.hostTime),
    text('reversal_reason', (row) => row.reversalReason),
    integer('attempts', (row) => row.attempts),
    bigint('next_attempt_at', (row) => row.nextAttemptAt),
    bigint('open_since', (row) => row.openSince),
    integer('fence', (row) => row.fence),
    text('late_rrn', (row) => row.lateRrn),
  ],
};

const closingKey: readonly Column<Resolution>[] = [
  shard,
  text('settlement_id', (row) => row.settlementId),
  smallint('proposal_no', (row) => row.proposalNo),
];

export const resolutionProposalColumns: Columns<Resolution> = {
  table: 'closing_proposal',
  key: closingKey,
  fixed: [
    personNo,
    smallint('leg_no', (row) => row.legNo),
    text('outcome', (row) => row.outcome),
    text('reason', (row) => row.reason),
    text('late_rrn', (row) => row.lateRrn),
    text('proposed_by', (row) => row.proposedBy),
    bigint('proposed_at', (row) => row.proposedAt),
  ],
  changing: [],
};

export const resolutionApprovalColumns: Columns<Resolution> = {
  table: 'closing_approval',
  key: closingKey,
  fixed: [
    personNo,
    text('proposed_by', (row) => row.proposedBy),
    text('approved_by', (row) => row.approval?.by),
    bigint('approved_at', (row) => row.approval?.at),
  ],
  changing: [],
};

export const refundColumns: Columns<Refund> = {
  table: 'refund',
  key: [
    shard,
    text('settlement_id', (row) => row.settlementId),
    smallint('refund_no', (row) => row.refundNo),
  ],
  fixed: [
    personNo,
    text('request_key', (row) => row.requestKey),
    text('terminal_id', (row) => row.terminalId),
    bigint('at', (row) => row.at),
  ],
  changing: [
    text('state', (row) => row.state),
    textArray('lines', (row) => row.lines),
    bigint('total', (row) => row.amounts.total),
    bigint('fund_total', (row) => row.amounts.fundTotal),
    bigint('other_pay', (row) => row.amounts.otherTotal),
    bigint('account_pay', (row) => row.amounts.accountPay),
    bigint('patient_pay', (row) => row.amounts.patientPay),
  ],
};

export type PostingRow = OfPerson & Posting;

export const postingColumns: Columns<PostingRow> = {
  table: 'posting',
  key: [
    shard,
    text('settlement_id', (row) => row.settlementId),
    smallint('posting_no', (row) => row.postingNo),
  ],
  fixed: [
    personNo,
    textArray('accounts', ({ entries }) => entries.map(({ account }) => account)),
    bigintArray('amounts', ({ entries }) => entries.map(({ amount }) => amount)),
    bigint('posted_at', (row) => row.at),
  ],
  changing: [],
};

export type OutboxRow = OfPerson & {
  readonly topic: string;
  readonly settlementId: string;
  readonly payload: { readonly [name: string]: string };
  readonly at: number;
};

export const outboxColumns: Columns<OutboxRow> = {
  table: 'outbox',
  key: [shard],
  fixed: [
    text('topic', (row) => row.topic),
    text('settlement_id', (row) => row.settlementId),
    json('payload', (row) => row.payload),
    bigint('created_at', (row) => row.at),
  ],
  changing: [],
};

export type TransitionRow = { readonly from: string; readonly to: string };

export const transitionColumns: Columns<TransitionRow> = {
  table: 'settlement_transition',
  key: [text('from_state', (row) => row.from), text('to_state', (row) => row.to)],
  fixed: [],
  changing: [],
};
