import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { invariant } from '../../base/errors/result.ts';
import type { InstitutionCode } from '../../base/ids/ids.ts';
import { subtractFen } from '../../base/money/fen.ts';
import type { CommandKind, SettlementCommand } from '../command.ts';
import { needsSettlement } from '../command.ts';
import { claimOf, claimPartOf, currentInput } from '../correction/correction.ts';
import type { Decision, Facts } from '../decision.ts';
import { withoutWrites, withWrites } from '../decision.ts';
import type { BankLeg } from '../leg/bank-leg.ts';
import { openLeg } from '../leg/open-leg.ts';
import type { Answer } from '../request/answer.ts';
import { declinedAnswer } from '../request/answer.ts';
import { answerRepeatedKey } from '../request/idempotency.ts';
import type { RequestIdentity } from '../request/request-record.ts';
import type { RequestWrite } from '../request/request-write.ts';
import { newRequest } from '../request/request-write.ts';
import type { Rulebook } from '../rulebook.ts';
import { packById } from '../settlement/policy.ts';
import type { Settlement } from '../settlement/settlement.ts';
import { refundInProgress } from './open-refund.ts';
import { postRefund } from './post-refund.ts';
import type { Refund } from './refund.ts';
import { type AmountsBack, checkedAmountsBack, remainingLines } from './refund-amounts.ts';
import { whatIsInTheWay } from './refund-in-order.ts';
import { type RefundOrder, refundOrderOf } from './refund-order.ts';
import type { RefundToPost } from './refund-to-post.ts';
import { refundAccumulator } from './refund-to-post.ts';

/**
 * 退费, full or by line. The lines that stay are split again as on the day of the settlement (same pack, same
 * accumulators before it). The difference goes back to its payers as a posting with opposite signs. The
 * bank's part goes back first: nothing else moves until the bank has answered.
 */
export type RefundSettlement = SettlementCommand & {
  readonly type: 'refund-settlement';
  readonly request: RequestIdentity;
  readonly institution: InstitutionCode;
  /** Undefined: all remaining lines. */
  readonly lines: readonly string[] | undefined;
  /** Trace of the bank leg, if there is one. */
  readonly stan: number;
  readonly batch: number;
  readonly businessDate: string;
  readonly reservationMs: number;
};

export const refundSettlement: CommandKind<RefundSettlement> = {
  type: 'refund-settlement',
  startsWork: true,
  needs: (command) => ({
    ...needsSettlement(command),
    later: true,
    request: { ...command.request, near: undefined },
  }),
  decide,
};

type RefundRefusal = Extract<ErrorCode, `REFUND_${string}`>;

function decide(command: RefundSettlement, facts: Facts, rulebook: Rulebook): Decision {
  const { person, settlement } = facts;
  const { requestKey } = command.request;
  // Other institutions get the same answer as for an unknown id, and nothing is stored for them.
  if (
    person === undefined ||
    settlement === undefined ||
    settlement.institution !== command.institution
  ) {
    return withoutWrites(declinedAnswer('SETTLEMENT_NOT_FOUND', { requestKey }));
  }
  const { cardId, id } = settlement;
  const repeated = answerRepeatedKey(command.request, cardId, facts.requests, id);
  if (repeated !== undefined) return repeated;
  const refuse = (code: RefundRefusal, detail?: string) => {
    const about = { requestKey, settlementId: id, ...(detail !== undefined && { detail }) };
    const answer = declinedAnswer(code, about);
    return withWrites(answer, { request: requestWrite(command, settlement, answer) });
  };
  if (settlement.state !== 'posted') return refuse('REFUND_NOT_POSSIBLE');
  const lines = linesToRefund(command, settlement);
  if (lines === undefined) return refuse('REFUND_LINE_UNKNOWN');
  const pack = packById(rulebook.policy, settlement.packId);
  const input = currentInput(settlement, facts.corrections);
  const back = checkedAmountsBack({ ...settlement, input }, pack, lines);
  if (back === undefined) return refuse('REFUND_LINES_BOUND');
  const refund = newRefund(command, facts, settlement, { lines, back });
  const toPost: RefundToPost = { person, settlement, pack, refund, back, facts };
  const inWay = whatIsInTheWay(toPost, rulebook);
  if (inWay !== undefined) return refuse(inWay.code, inWay.detail);
  if (settlement.tender === 'bank-debit' && back.patientPay > refund.claimPay) {
    return openRefundLeg(command, toPost, refundOrderOf(settlement, rulebook.refundOrder));
  }
  const createRequest = (answer: Answer) => requestWrite(command, settlement, answer);
  return postRefund(toPost, rulebook, { createRequest, leg: undefined, at: command.at });
}

/**
 * The lines to refund; undefined when a line is unknown, already refunded or named twice, or none remains.
 */
function linesToRefund(
  command: RefundSettlement,
  settlement: Settlement,
): readonly string[] | undefined {
  const standing = remainingLines(settlement, []).map((line) => line.lineNo);
  const lines = command.lines ?? standing;
  const known = new Set(standing);
  const areKnown = lines.length > 0 && lines.every((lineNo) => known.has(lineNo));
  return areKnown && new Set(lines).size === lines.length ? lines : undefined;
}

function newRefund(
  command: RefundSettlement,
  facts: Facts,
  settlement: Settlement,
  given: { readonly lines: readonly string[]; readonly back: AmountsBack },
): Refund {
  const { total, fundTotal, otherTotal, accountPay, patientPay } = given.back;
  return {
    key: command.key,
    settlementId: settlement.id,
    refundNo: facts.refunds.length + 1,
    state: 'running',
    requestKey: command.request.requestKey,
    terminalId: command.request.terminalId,
    lines: given.lines,
    amounts: { total, fundTotal, otherTotal, accountPay, patientPay },
    claimPay: claimPartOf(patientPay, claimOf(settlement, facts.claims)),
    at: command.at,
  };
}

/** 撤销 (void) cancels the whole debit on its day and in its batch; anything else is 退货 (refund). */
function openRefundLeg(
  command: RefundSettlement,
  toPost: RefundToPost,
  order: RefundOrder,
): Decision {
  const { settlement, refund, back } = toPost;
  const debit = toPost.facts.bankLegs.find((leg) => leg.legNo === 0);
  invariant(debit !== undefined, 'a bank-debit settlement has the leg of its debit');
  const amount = subtractFen(back.patientPay, refund.claimPay);
  const isVoid =
    amount === debit.amount &&
    settlement.businessDate === command.businessDate &&
    debit.batch === command.batch;
  const { bankTerminalId, bankMerchantId, sealedReference } = debit;
  const { stan, batch } = command;
  const leg: BankLeg = openLeg(command, {
    legNo: refund.refundNo,
    kind: isVoid ? 'void' : 'refund',
    amount,
    trace: { stan, batch, bankTerminalId, bankMerchantId, sealedReference },
  });
  return withWrites(refundInProgress(refund), {
    settlement: {
      from: 'posted',
      to: { ...settlement, state: 'refunding', deadline: leg.nextAttemptAt },
    },
    refund,
    bankLeg: leg,
    request: requestWrite(command, settlement, undefined),
    // Nothing may be split on top of what the bank is asked to give back.
    ...(order !== 'keep' && {
      accumulator: { ...refundAccumulator(toPost), heldBy: settlement.id },
    }),
  });
}

function requestWrite(
  command: RefundSettlement,
  settlement: Settlement,
  answer: Answer | undefined,
): RequestWrite {
  const { cardId, id: settlementId } = settlement;
  return newRequest(command, { cardId, settlementId, answer });
}
