import { splitBill } from '../../../rules/kernel/split-bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Split } from '../../../rules/model/split.ts';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { invariant } from '../../base/errors/result.ts';
import { subtractFen } from '../../base/money/fen.ts';
import type { Decision, Facts } from '../decision.ts';
import { withoutWrites, withWrites } from '../decision.ts';
import type { BankLeg } from '../leg/bank-leg.ts';
import { isCurrent } from '../leg/leg.ts';
import type { Accumulator, Person } from '../person/person.ts';
import { addToAccumulator } from '../person/person.ts';
import { declinedAnswer, storedAnswer, unknownAnswer } from '../request/answer.ts';
import type { RequestRecord } from '../request/request-record.ts';
import { findRequest } from '../request/request-record.ts';
import { answeredRequest } from '../request/request-write.ts';
import type { Policy } from './policy.ts';
import { packById } from './policy.ts';
import { settlementAccumulator } from './rule-bill.ts';
import type { Settlement } from './settlement.ts';
import { assertAsPaid, mayBecome } from './settlement.ts';

/**
 * A settlement with a bank leg. The commands that end it (confirm, release, reverse) may be repeated, as a
 * restarted engine does: a repetition writes nothing and returns the stored answer.
 */
export type OpenSettlement = {
  readonly person: Person;
  readonly settlement: Settlement;
  readonly leg: BankLeg;
  /** Undefined: its month was detached. Then only the leg can be open, after a late approval. */
  readonly request: RequestRecord | undefined;
  readonly pack: Pack;
  /** Recomputed from the stored input and the pack. */
  readonly split: Split;
  readonly accumulators: readonly Accumulator[];
};

/** Reads a settlement from the facts of a command on it. */
export function readOpenSettlement(facts: Facts, policy: Policy): OpenSettlement {
  const { person, settlement } = facts;
  invariant(person !== undefined && settlement !== undefined, 'the settlement is not stored');
  const leg = facts.bankLegs.find((known) => known.legNo === 0);
  invariant(leg !== undefined, 'the settlement has no bank leg');
  const request = findRequest(facts.requests, settlement);
  const pack = packById(policy, settlement.packId);
  const split = splitBill(pack, settlement.input);
  return { person, settlement, leg, request, pack, split, accumulators: facts.accumulators };
}

/** Is the settlement still reserved, and does the command have the current claim on its leg? */
export function isClaimCurrent(
  { settlement, leg }: OpenSettlement,
  command: { readonly fence: number },
): boolean {
  return settlement.state === 'reserved' && isCurrent(leg, command);
}

/** The decision for a repeated command: the stored answer, or unknown while there is none. */
export function answerAsItStands({ settlement, request }: OpenSettlement): Decision {
  if (request?.answer !== undefined) return withoutWrites(storedAnswer(request.answer));
  const { id: settlementId, requestKey, state } = settlement;
  return withoutWrites(unknownAnswer('BANK_OUTCOME_UNKNOWN', { settlementId, requestKey, state }));
}

/** Releases the reservation and stores the final answer of the request key. */
export function releaseHold(open: OpenSettlement, code: ErrorCode, leg: BankLeg): Decision {
  const { person, split, settlement, request } = open;
  assertAsPaid(split, settlement);
  invariant(mayBecome(settlement.state, 'released'), `released from ${settlement.state}`);
  const { id: settlementId, requestKey } = settlement;
  const answer = declinedAnswer(code, { requestKey, settlementId });
  return withWrites(answer, {
    person: { ...person, accountHeld: subtractFen(person.accountHeld, split.accountPay) },
    accumulator: addToAccumulator(
      settlementAccumulator(person, open.accumulators, settlement, open.pack),
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
    request: answeredRequest(request, answer),
  });
}
