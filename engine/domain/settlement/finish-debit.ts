import { explainBill, splitBill } from '../../../rules/kernel/split-bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Split } from '../../../rules/model/split.ts';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { invariant } from '../../base/errors/result.ts';
import { subtractFen } from '../../base/money/fen.ts';
import type {
  BankUnanswered,
  ConfirmDebit,
  FinishReversal,
  ReleaseReservation,
} from '../commands.ts';
import type { Answer, Decision, Facts, RequestRecord } from '../decision.ts';
import { settlementEntries } from '../ledger/entries.ts';
import type { BankLeg } from '../leg/bank-leg.ts';
import { closedLeg, errorOfDecline, isCurrent } from '../leg/bank-leg.ts';
import { reverseAfterApproval } from '../leg/claim-leg.ts';
import type { Accumulator, Person } from '../person/person.ts';
import { addToAccumulator } from '../person/person.ts';
import {
  approvedText,
  declinedAnswer,
  requestOf,
  unknownAnswer,
  withoutWrites,
  withWrites,
} from '../request/answers.ts';
import { settlementText } from '../request/settlement-json.ts';
import type { Policy } from './policy.ts';
import { packById } from './policy.ts';
import { accumulatorOfSettlement } from './rule-bill.ts';
import { postingAmounts } from './settle-bill.ts';
import type { Settlement } from './settlement.ts';
import { assertAsPaid, mayBecome } from './settlement.ts';

/**
 * The second half of a sale with a bank leg: confirm, release, or give up waiting and reverse. Every
 * one may be given twice (a restarted engine does): the second time finds the work done and answers
 * what the first one stored.
 */

/** The bank approved. Once the leg was given up an approval comes too late, and is reversed. */
export function decideConfirmDebit(command: ConfirmDebit, facts: Facts, policy: Policy): Decision {
  const sale = readOpenSettlement(facts, policy);
  if (!isClaimCurrent(sale, command)) {
    return reverseAfterApproval(sale.leg, command, answerAsItStands(sale));
  }
  const { person, pack, split, leg } = sale;
  assertAsPaid(split, sale.settlement);
  const paid: Person = {
    ...person,
    accountBalance: subtractFen(person.accountBalance, split.accountPay),
    accountHeld: subtractFen(person.accountHeld, split.accountPay),
  };
  const settlement: Settlement = {
    ...sale.settlement,
    state: 'posted',
    postedAt: command.at,
    balanceAfter: paid.accountBalance,
    deadline: undefined,
  };
  const approved = finishedLeg(leg, 'approved', command);
  const { issuerAuthData } = command;
  const answered = { ...approved, issuerAuthData };
  const explained = { pack, split: explainBill(pack, settlement.input) };
  const answer = approvedText(settlementText(settlement, explained, [answered], []));
  return withWrites(answer, {
    person: paid,
    settlement: { from: 'reserved', to: settlement },
    bankLeg: approved,
    request: finalRequest(sale.request, answer),
    posting: { postingNo: 0, entries: settlementEntries(postingAmounts(settlement, split)) },
    outbox: [{ topic: 'settlement.posted', settlementId: settlement.id, payload: {} }],
  });
}

/** The bank declined, or was certainly not reached: nothing was charged, so everything is given back. */
export function decideRelease(command: ReleaseReservation, facts: Facts, policy: Policy): Decision {
  const sale = readOpenSettlement(facts, policy);
  if (!isClaimCurrent(sale, command)) return answerAsItStands(sale);
  const { responseCode } = command;
  const state = responseCode === undefined ? 'not-sent' : 'declined';
  const code = responseCode === undefined ? 'BANK_UNREACHABLE' : errorOfDecline(responseCode);
  return releaseReservation(sale, code, { ...closedLeg(sale.leg, state), responseCode });
}

/** The outcome of the sale is unknown: it is reversed from now on, and told so to whoever asks. */
export function beginSaleReversal(command: BankUnanswered, facts: Facts, policy: Policy): Decision {
  const sale = readOpenSettlement(facts, policy);
  if (!isClaimCurrent(sale, command)) return answerAsItStands(sale);
  const settlement: Settlement = { ...sale.settlement, state: 'reversing', deadline: command.at };
  const { id, requestKey } = settlement;
  const answer = unknownAnswer('BANK_OUTCOME_UNKNOWN', id, requestKey, settlement.state);
  return withWrites(answer, {
    settlement: { from: 'reserved', to: settlement },
    bankLeg: {
      ...sale.leg,
      state: 'reversing',
      reversalReason: command.reason,
      nextAttemptAt: command.at,
    },
    request: { ...finalRequest(sale.request, answer), state: 'unknown' },
  });
}

/** The bank has answered a reversal: nothing more to do for the leg. */
export function reversedLeg(leg: BankLeg, responseCode: string | undefined): BankLeg {
  return { ...closedLeg(leg, 'reversed'), responseCode };
}

/** The bank has answered the reversal: the sale is as if it had never been. */
export function finishSaleReversal(
  command: FinishReversal,
  facts: Facts,
  policy: Policy,
): Decision {
  const sale = readOpenSettlement(facts, policy);
  if (sale.leg.state !== 'reversing' || !isCurrent(sale.leg, command)) {
    return answerAsItStands(sale);
  }
  const leg = reversedLeg(sale.leg, command.responseCode);
  if (sale.settlement.state === 'reversing') return releaseReservation(sale, 'BANK_REVERSED', leg);
  return { ...answerAsItStands(sale), writes: { bankLeg: leg } };
}

/** A sale with a bank leg, and what its split gives again. */
export type OpenSettlement = {
  readonly person: Person;
  readonly settlement: Settlement;
  readonly leg: BankLeg;
  /** Undefined: its month was taken out of the books. Then nothing is open but the leg, after a late approval. */
  readonly request: RequestRecord | undefined;
  readonly pack: Pack;
  readonly split: Split;
  readonly accumulators: readonly Accumulator[];
};

/** Reads it out of the facts of a command that names it. */
export function readOpenSettlement(facts: Facts, policy: Policy): OpenSettlement {
  const { person, settlement } = facts;
  invariant(person !== undefined && settlement !== undefined, 'the settlement is not stored');
  const leg = facts.bankLegs.find((known) => known.legNo === 0);
  invariant(leg !== undefined, 'the settlement has no bank leg');
  const request = requestOf(facts.requests, settlement);
  const pack = packById(policy, settlement.packId);
  const split = splitBill(pack, settlement.input);
  return { person, settlement, leg, request, pack, split, accumulators: facts.accumulators };
}

/** The sale is still open, and whoever speaks is still the one who works on it. */
function isClaimCurrent(
  { settlement, leg }: OpenSettlement,
  command: { readonly fence: number },
): boolean {
  return settlement.state === 'reserved' && isCurrent(leg, command);
}

/** For the command that comes second: what the first one stored, or that it is still unknown. */
function answerAsItStands(sale: OpenSettlement): Decision {
  const { settlement, request } = sale;
  const stored = request?.answer;
  if (stored !== undefined) return { answer: stored, isReplay: true, writes: undefined };
  const { id, requestKey, state } = settlement;
  return withoutWrites(unknownAnswer('BANK_OUTCOME_UNKNOWN', id, requestKey, state));
}

/** Undoes a sale that was reserved, with the answer that its request key gets from now on. */
export function releaseReservation(sale: OpenSettlement, code: ErrorCode, leg: BankLeg): Decision {
  const { person, split, settlement, request } = sale;
  assertAsPaid(split, settlement);
  invariant(mayBecome(settlement.state, 'released'), `released from ${settlement.state}`);
  const answer = declinedAnswer(code, {
    requestKey: settlement.requestKey,
    settlementId: settlement.id,
  });
  return withWrites(answer, {
    person: { ...person, accountHeld: subtractFen(person.accountHeld, split.accountPay) },
    accumulator: addToAccumulator(
      accumulatorOfSettlement(person, sale.accumulators, settlement, sale.pack),
      split.accumulatorChanges,
      -1n,
    ),
    settlement: {
      from: settlement.state,
      to: {
        ...settlement,
        state: 'released',
        balanceAfter: person.accountBalance,
        deadline: undefined,
      },
    },
    bankLeg: leg,
    request: finalRequest(request, answer),
  });
}

export function finishedLeg(
  leg: BankLeg,
  state: 'approved' | 'declined',
  reply: { responseCode: string; rrn: string; authCode: string | undefined; hostTime: string },
): BankLeg {
  const { responseCode, rrn, authCode, hostTime } = reply;
  return { ...closedLeg(leg, state), responseCode, rrn, authCode, hostTime };
}

export function finalRequest(request: RequestRecord | undefined, answer: Answer): RequestRecord {
  invariant(request !== undefined, 'what is open has a request record');
  return { ...request, state: 'final', answer };
}
