import { explainBill } from '../../../rules/kernel/split-bill.ts';
import type { SplitInput } from '../../../rules/model/bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Split } from '../../../rules/model/split.ts';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { ProblemExtra } from '../../base/errors/problem.ts';
import type { CardId } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import { addFen, subtractFen } from '../../base/money/fen.ts';
import type { Card, PresentedCard } from '../card/card.ts';
import { isCardOnRecord, isStampAhead } from '../card/card.ts';
import type { ChipProof } from '../card/check-card.ts';
import { checkCard } from '../card/check-card.ts';
import type { PinProof } from '../card/pin.ts';
import type { CommandKind, FactsNeed, SettlementCommand } from '../command.ts';
import type { Decision, Facts } from '../decision.ts';
import { withoutWrites, withWrites } from '../decision.ts';
import { standingOn } from '../insurance/insured-spans.ts';
import type { BankLeg } from '../leg/bank-leg.ts';
import { openLeg } from '../leg/open-leg.ts';
import type { Accumulator, Person } from '../person/person.ts';
import { addToAccumulator } from '../person/person.ts';
import type { Answer } from '../request/answer.ts';
import { declinedAnswer, settledAnswer, unknownAnswer } from '../request/answer.ts';
import { answerRepeatedKey } from '../request/idempotency.ts';
import type { RequestIdentity } from '../request/request-record.ts';
import { newRequest } from '../request/request-write.ts';
import type { Rulebook } from '../rulebook.ts';
import { describeAbove } from './ceilings.ts';
import { settlementPosting } from './post-settlement.ts';
import { needsPrescription } from './prescription.ts';
import type { BillToSettle } from './rule-bill.ts';
import { ruleBill } from './rule-bill.ts';
import type { BillWarning, Confirmation, Settlement } from './settlement.ts';
import { settlementAmounts } from './settlement.ts';

export type SettleBill = SettlementCommand &
  BillToSettle & {
    readonly type: 'settle-bill';
    readonly request: RequestIdentity;
    readonly cardId: CardId;
    readonly presented: PresentedCard;
    /** An error that the request alone shows (card form, bill …); used only if the key is new. */
    readonly objection: ErrorCode | undefined;
    readonly chip: ChipProof;
    readonly pin: PinProof;
    readonly careRegion: string;
    readonly businessDate: string;
    readonly tender: Tender;
    /** Of a bill above its ceiling. */
    readonly confirmation: Confirmation | undefined;
    /** How long a reservation stands before the bank-legs job may claim its leg, ms. */
    readonly reservationMs: number;
  };

export type Tender =
  /** `expected`: the patient's part that the holder agreed to; undefined: any amount. */
  | { readonly kind: 'cash'; readonly expected: Fen | undefined }
  | {
      readonly kind: 'bank-debit';
      readonly expected: Fen;
      readonly atc: number;
      readonly stan: number;
      readonly batch: number;
      readonly bankTerminalId: string;
      readonly bankMerchantId: string;
      readonly sealedReference: string;
    };

/** Settles a bill at the counter (结算). */
export const settleBill: CommandKind<SettleBill> = {
  type: 'settle-bill',
  startsWork: true,
  needs,
  decide,
};

function needs(command: SettleBill): FactsNeed {
  const { key, cardId, request, chip, at } = command;
  // A request with a fresh challenge cannot repeat one from months ago, so recent records suffice. A
  // challenge from the future means that the clock was set back, perhaps by months.
  const { challenge, challengeExpired } = chip;
  const isFresh = challenge !== undefined && !challengeExpired && !isStampAhead(challenge, at);
  const near = isFresh ? at : undefined;
  const prescription = needsPrescription(command);
  return { key, cardId, settlementId: undefined, request: { ...request, near }, prescription };
}

/**
 * Checks, in this order: request key, errors of the request alone, card, policy, split, tender. Without a
 * bank leg the settlement is posted; with one it is reserved, and the bank is asked after the reservation
 * is durable.
 */
function decide(command: SettleBill, facts: Facts, rulebook: Rulebook): Decision {
  const repeated = answerRepeatedKey(command.request, command.cardId, facts.requests);
  if (repeated !== undefined) return repeated;
  const { person, card } = facts;
  if (person === undefined || card === undefined) {
    return withoutWrites(
      declinedAnswer('CARD_UNKNOWN', { requestKey: command.request.requestKey }),
    );
  }
  if (command.objection !== undefined) return refuse(command, command.objection, card);
  if (!isCardOnRecord(command.presented, card)) return refuse(command, 'CARD_MALFORMED', card);
  const standing = standingOn(person, command.serviceDate);
  const checked = checkCard(card, standing, facts.invalidListHits, {
    chip: command.chip,
    pin: command.pin,
    atc: command.tender.kind === 'bank-debit' ? command.tender.atc : undefined,
    usesAccount: command.useAccount,
    at: command.at,
  });
  if (checked.refusal !== undefined) {
    const { refusal, triesLeft } = checked;
    const extra = triesLeft === undefined ? {} : { detail: `tries left: ${triesLeft}` };
    return refuse(command, refusal, checked.card, extra);
  }
  const ruled = ruleBill(command, person, facts, rulebook);
  if (!ruled.ok) return refuse(command, ruled.error.code, checked.card, ruled.error.extra);
  const { insured, pack, input, warnings, accumulator, above } = ruled.value;
  if (above !== undefined && command.confirmation === undefined) {
    const extra = { detail: describeAbove(above) };
    return refuse(command, 'BILL_ABOVE_CEILING', checked.card, extra);
  }
  // With its steps, which the answer contains: cheaper than a second split.
  const split = explainBill(pack, input);
  if (command.tender.expected !== undefined && command.tender.expected !== split.patientPay) {
    return refuse(command, 'QUOTE_CHANGED', checked.card);
  }
  const { listSet } = facts;
  const { region } = insured;
  const bill: CheckedBill = {
    ...{ person, region, card: checked.card, pack, input, warnings, split, accumulator },
    listSet,
  };
  const leg = createDebitLeg(command, split.patientPay);
  return leg === undefined ? post(command, bill) : reserve(command, bill, leg);
}

type CheckedBill = {
  readonly person: Person;
  /** Where the person is insured for this bill. */
  readonly region: string;
  readonly card: Card;
  readonly pack: Pack;
  readonly input: SplitInput;
  readonly warnings: readonly BillWarning[];
  readonly split: Split;
  /** Before this bill. */
  readonly accumulator: Accumulator;
  readonly listSet: number | undefined;
};

/** The bank leg, if the patient pays by bank debit and has something to pay. */
function createDebitLeg(command: SettleBill, amount: Fen): BankLeg | undefined {
  const { tender } = command;
  if (tender.kind !== 'bank-debit' || amount === 0n) return undefined;
  const { stan, batch, bankTerminalId, bankMerchantId, sealedReference } = tender;
  return openLeg(command, {
    legNo: 0,
    kind: 'sale',
    amount,
    trace: { stan, batch, bankTerminalId, bankMerchantId, sealedReference },
  });
}

function post(command: SettleBill, bill: CheckedBill): Decision {
  const { person, card, pack, split } = bill;
  const paid: Person = {
    ...person,
    accountBalance: subtractFen(person.accountBalance, split.accountPay),
  };
  const settlement: Settlement = {
    ...newSettlement(command, bill),
    state: 'posted',
    postedAt: command.at,
    tender: split.patientPay > 0n ? 'cash' : 'none',
    balanceAfter: paid.accountBalance,
    deadline: undefined,
  };
  const answer = settledAnswer(settlement, { pack, split }, []);
  return withWrites(answer, {
    person: paid,
    card,
    accumulator: accumulated(bill),
    request: requestWrite(command, settlement, answer),
    settlement: { from: undefined, to: settlement },
    ...settlementPosting(settlement, split),
  });
}

function reserve(command: SettleBill, bill: CheckedBill, leg: BankLeg): Decision {
  const { person, card, split } = bill;
  const settlement: Settlement = {
    ...newSettlement(command, bill),
    state: 'reserved',
    postedAt: undefined,
    tender: 'bank-debit',
    balanceAfter: subtractFen(person.accountBalance, split.accountPay),
    deadline: leg.nextAttemptAt,
  };
  const { id: settlementId, requestKey, state } = settlement;
  return withWrites(unknownAnswer('BANK_OUTCOME_UNKNOWN', { settlementId, requestKey, state }), {
    person: { ...person, accountHeld: addFen(person.accountHeld, split.accountPay) },
    card,
    accumulator: accumulated(bill),
    request: requestWrite(command, settlement, undefined),
    settlement: { from: undefined, to: settlement },
    bankLeg: leg,
  });
}

function newSettlement(
  command: SettleBill,
  bill: CheckedBill,
): Omit<Settlement, 'state' | 'postedAt' | 'tender' | 'balanceAfter' | 'deadline'> {
  return {
    key: command.key,
    id: command.settlementId,
    requestKey: command.request.requestKey,
    terminalId: command.request.terminalId,
    institution: command.institution,
    cardId: command.cardId,
    careType: command.careType,
    prescriptionNo: command.prescriptionNo,
    careRegion: command.careRegion,
    insuredRegion: bill.region,
    acceptedAt: command.at,
    businessDate: command.businessDate,
    packId: bill.pack.id,
    listSet: bill.listSet,
    accumulatorNo: bill.accumulator.lastNo + 1,
    input: bill.input,
    amounts: settlementAmounts(bill.split),
    warnings: bill.warnings,
    confirmation: command.confirmation,
    refundedLines: [],
  };
}

function accumulated({ accumulator, split }: CheckedBill): Accumulator {
  const after = addToAccumulator(accumulator, split.accumulatorChanges, 1n);
  return { ...after, lastNo: accumulator.lastNo + 1 };
}

function requestWrite(
  command: SettleBill,
  settlement: Settlement | undefined,
  answer: Answer | undefined,
) {
  return newRequest(command, { cardId: command.cardId, settlementId: settlement?.id, answer });
}

/** Stores a refusal with its key, and the card: a wrong PIN counts even if the answer is lost. */
function refuse(
  command: SettleBill,
  code: ErrorCode,
  card: Card,
  extra: ProblemExtra = {},
): Decision {
  const { requestKey } = command.request;
  const answer = declinedAnswer(code, { requestKey, ...extra });
  return withWrites(answer, { card, request: requestWrite(command, undefined, answer) });
}
