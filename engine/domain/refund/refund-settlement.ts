import type { Pack } from '../../../rules/model/pack.ts';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { invariant } from '../../base/errors/result.ts';
import { addFen, fen, negateFen } from '../../base/money/fen.ts';
import type { RefundSettlement } from '../commands.ts';
import type { Answer, Decision, Facts, RequestRecord, Writes } from '../decision.ts';
import type { LedgerEntry } from '../ledger/entries.ts';
import { settlementEntries } from '../ledger/entries.ts';
import type { BankLeg } from '../leg/bank-leg.ts';
import type { Accumulator, Person } from '../person/person.ts';
import { addToAccumulator } from '../person/person.ts';
import {
  answerRepeatedKey,
  approvedAnswer,
  declinedAnswer,
  unknownAnswer,
  withoutWrites,
  withWrites,
} from '../request/answers.ts';
import { refundDocument } from '../request/settlement-json.ts';
import { finalRequest } from '../settlement/finish-debit.ts';
import type { Policy } from '../settlement/policy.ts';
import { packById } from '../settlement/policy.ts';
import { accumulatorOfSettlement } from '../settlement/rule-bill.ts';
import { postingAmounts } from '../settlement/settle-bill.ts';
import type { Settlement } from '../settlement/settlement.ts';
import type { Refund } from './refund.ts';
import { type AmountsBack, amountsOfRefund, remainingLines } from './refund-amounts.ts';

/**
 * 退费. The lines that stay are split again as on the day of the sale (same pack, same accumulators
 * before it); what the sale gave beyond that goes back to whoever paid it, as a posting with opposite
 * signs. The bank's part goes back first: nothing else moves until the bank has answered.
 */
export function decideRefund(command: RefundSettlement, facts: Facts, policy: Policy): Decision {
  const { person, settlement } = facts;
  const { requestKey } = command.request;
  if (person === undefined || settlement === undefined) {
    return withoutWrites(declinedAnswer('SETTLEMENT_NOT_FOUND', { requestKey }));
  }
  // To others it does not exist: the same words as above, and nothing of theirs is stored here.
  if (settlement.institution !== command.institution) {
    return withoutWrites(declinedAnswer('SETTLEMENT_NOT_FOUND', { requestKey }));
  }
  const { cardId, id } = settlement;
  const repeated = answerRepeatedKey(command.request, cardId, facts.requests, id);
  if (repeated !== undefined) return repeated;
  const refuse = (code: Extract<ErrorCode, `REFUND_LINE${string}` | 'REFUND_NOT_POSSIBLE'>) => {
    const answer = declinedAnswer(code, { requestKey, settlementId: settlement.id });
    return withWrites(answer, { request: requestRecord(command, settlement, answer) });
  };
  if (settlement.state !== 'posted') return refuse('REFUND_NOT_POSSIBLE');
  const standing = remainingLines(settlement, []);
  const lines = command.lines ?? standing.map((line) => line.lineNo);
  const known = new Set(standing.map((line) => line.lineNo));
  const areKnown = lines.length > 0 && lines.every((lineNo) => known.has(lineNo));
  if (!areKnown || new Set(lines).size !== lines.length) return refuse('REFUND_LINE_UNKNOWN');
  const pack = packById(policy, settlement.packId);
  const back = amountsOfRefund(settlement, pack, lines);
  if (back === undefined) return refuse('REFUND_LINES_BOUND');
  const refund = newRefund(command, facts, settlement, { lines, back });
  const work: RefundWork = { person, settlement, pack, refund, back, facts };
  return settlement.tender === 'bank-debit' && back.patientPay > 0n
    ? askBank(command, work)
    : postRefund(work, requestRecord(command, settlement, undefined), undefined, command.at);
}

/** A refund that was decided on, with what it gives back. */
export type RefundWork = {
  readonly person: Person;
  readonly settlement: Settlement;
  readonly pack: Pack;
  readonly refund: Refund;
  readonly back: AmountsBack;
  readonly facts: Facts;
};

function newRefund(
  command: RefundSettlement,
  facts: Facts,
  settlement: Settlement,
  what: { readonly lines: readonly string[]; readonly back: AmountsBack },
): Refund {
  const { total, fundTotal, otherTotal, accountPay, patientPay } = what.back;
  return {
    key: command.key,
    settlementId: settlement.id,
    refundNo: facts.refunds.length + 1,
    state: 'running',
    requestKey: command.request.requestKey,
    terminalId: command.request.terminalId,
    lines: what.lines,
    amounts: { total, fundTotal, otherTotal, accountPay, patientPay },
    at: command.at,
  };
}

/** 撤销 (void) takes back the whole sale on the day and in the batch of the sale; anything else is 退货 (refund). */
function askBank(command: RefundSettlement, work: RefundWork): Decision {
  const { settlement, refund, back } = work;
  const sale = work.facts.bankLegs.find((leg) => leg.legNo === 0);
  invariant(sale !== undefined, 'a bank-debit settlement has a sale leg');
  const isVoid =
    back.patientPay === sale.amount &&
    settlement.businessDate === command.businessDate &&
    sale.batch === command.batch;
  const leg: BankLeg = {
    ...sale,
    legNo: refund.refundNo,
    kind: isVoid ? 'void' : 'refund',
    state: 'sending',
    amount: back.patientPay,
    stan: command.stan,
    batch: command.batch,
    rrn: undefined,
    authCode: undefined,
    responseCode: undefined,
    hostTime: undefined,
    attempts: 0,
    nextAttemptAt: command.at + command.reservationMs,
    openSince: command.at,
    fence: 0,
    lateRrn: undefined,
    reversalReason: undefined,
  };
  const refunding: Settlement = { ...settlement, state: 'refunding', deadline: leg.nextAttemptAt };
  return withWrites(stillUnknown({ ...work, settlement: refunding }), {
    settlement: { from: 'posted', to: refunding },
    refund,
    bankLeg: leg,
    request: requestRecord(command, settlement, undefined),
  });
}

/** Posts what goes back; `leg` is the bank's part, answered. */
export function postRefund(
  work: RefundWork,
  request: RequestRecord | undefined,
  leg: BankLeg | undefined,
  at: number,
): Decision {
  const { person, settlement, back } = work;
  const accountBalance = addFen(person.accountBalance, back.accountPay);
  const refundedLines = [...settlement.refundedLines, ...work.refund.lines];
  const isAll = refundedLines.length === settlement.input.lines.length;
  const refunded: Settlement = {
    ...settlement,
    state: isAll ? 'refunded' : 'posted',
    refundedLines,
    amounts: {
      total: fen(settlement.amounts.total - back.total),
      fundTotal: fen(settlement.amounts.fundTotal - back.fundTotal),
      otherTotal: fen(settlement.amounts.otherTotal - back.otherTotal),
      accountPay: fen(settlement.amounts.accountPay - back.accountPay),
      patientPay: fen(settlement.amounts.patientPay - back.patientPay),
    },
    balanceAfter: accountBalance,
    deadline: undefined,
  };
  const refund: Refund = { ...work.refund, state: 'done' };
  const answer = approvedAnswer(refundDocument(refunded, refund, 'approved'));
  const writes: Writes = {
    person: { ...person, accountBalance },
    accumulator: takenBack(work),
    settlement: { from: settlement.state, to: refunded },
    refund,
    request: finalRequest(request, answer),
    posting: { postingNo: refund.refundNo, entries: refundEntries(settlement, back) },
    outbox: [
      { topic: 'settlement.refunded', settlementId: settlement.id, payload: { at: String(at) } },
    ],
  };
  return withWrites(answer, leg === undefined ? writes : { ...writes, bankLeg: leg });
}

function refundEntries(settlement: Settlement, back: AmountsBack): readonly LedgerEntry[] {
  return settlementEntries(postingAmounts(settlement, back)).map((entry) => ({
    ...entry,
    amount: negateFen(entry.amount),
  }));
}

function takenBack(work: RefundWork): Accumulator {
  const { person, settlement, pack, back, facts } = work;
  const accumulator = accumulatorOfSettlement(person, facts.accumulators, settlement, pack);
  return addToAccumulator(accumulator, back.accumulatorChanges, -1n);
}

/** Nobody knows yet what became of the refund; the engine goes on asking. */
export function stillUnknown({
  settlement,
  refund,
}: Pick<RefundWork, 'settlement' | 'refund'>): Answer {
  return unknownAnswer('REFUND_IN_PROGRESS', settlement.id, refund.requestKey, 'refunding');
}

function requestRecord(
  command: RefundSettlement,
  settlement: Settlement,
  answer: Answer | undefined,
): RequestRecord {
  return {
    key: command.key,
    terminalId: command.request.terminalId,
    cardId: settlement.cardId,
    requestKey: command.request.requestKey,
    fingerprint: command.request.fingerprint,
    settlementId: settlement.id,
    state: answer === undefined ? 'running' : 'final',
    answer,
    at: command.at,
  };
}
