import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { invariant } from '../../base/errors/result.ts';
import type { Decision, Facts } from '../decision.ts';
import { withoutWrites, withWrites } from '../decision.ts';
import type { BankLeg } from '../leg/bank-leg.ts';
import { isCurrent } from '../leg/leg.ts';
import type { Accumulator, Person } from '../person/person.ts';
import type { UnknownAnswer } from '../request/answer.ts';
import { declinedAnswer, storedAnswer, unknownAnswer } from '../request/answer.ts';
import type { RequestRecord } from '../request/request-record.ts';
import { findRequest } from '../request/request-record.ts';
import { answeredRequest } from '../request/request-write.ts';
import type { Settlement } from '../settlement/settlement.ts';
import type { Refund } from './refund.ts';

/** A refund with a bank leg, running or finished. Every command that ends it may be given twice. */
export type OpenRefund = {
  readonly person: Person;
  readonly settlement: Settlement;
  readonly refund: Refund;
  readonly leg: BankLeg;
  /** The accumulator that the refund holds, if it does. */
  readonly held: Accumulator | undefined;
  /** Undefined: the month of the request was detached, see OpenSettlement. */
  readonly request: RequestRecord | undefined;
  /** The decision for a command that is repeated or too late. */
  readonly asItStands: Decision;
};

/** Reads a refund from the facts of a command on its settlement. */
export function readOpenRefund(refundNo: number, facts: Facts): OpenRefund {
  const { person, settlement } = facts;
  invariant(person !== undefined && settlement !== undefined, 'the settlement is not stored');
  const refund = facts.refunds.find((known) => known.refundNo === refundNo);
  const leg = facts.bankLegs.find((known) => known.legNo === refundNo);
  const request = findRequest(facts.requests, refund);
  invariant(refund !== undefined && leg !== undefined, 'the refund is not stored');
  const asItStands = withoutWrites(
    request?.answer === undefined ? refundInProgress(refund) : storedAnswer(request.answer),
  );
  const held = facts.accumulators.find(({ heldBy }) => heldBy === settlement.id);
  return { person, settlement, refund, leg, held, request, asItStands };
}

/** Is the refund still running, and does the command have the current claim on its leg? */
export function isClaimCurrent(
  { refund, leg }: OpenRefund,
  command: { readonly fence: number },
): boolean {
  return refund.state === 'running' && isCurrent(leg, command);
}

/** The answer while the outcome is unknown; the engine continues to ask the bank. */
export function refundInProgress({ settlementId, requestKey }: Refund): UnknownAnswer {
  return unknownAnswer('REFUND_IN_PROGRESS', { settlementId, requestKey, state: 'refunding' });
}

/** Cancels a refund whose bank leg moved no money: the settlement stands as before. */
export function cancelRefund(
  { settlement, refund, held, request }: OpenRefund,
  leg: BankLeg,
  code: ErrorCode = 'REFUND_BANK_DECLINED',
): Decision {
  const { requestKey } = refund;
  const answer = declinedAnswer(code, { requestKey, settlementId: settlement.id });
  return withWrites(answer, {
    settlement: { from: 'refunding', to: { ...settlement, state: 'posted', deadline: undefined } },
    refund: { ...refund, state: 'declined' },
    bankLeg: leg,
    request: answeredRequest(request, answer),
    ...(held && { accumulator: { ...held, heldBy: undefined } }),
  });
}
