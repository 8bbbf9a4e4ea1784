import { explainBill } from '../../../rules/kernel/split-bill.ts';
import type { SplitInput } from '../../../rules/model/bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Split } from '../../../rules/model/split.ts';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { Fen } from '../../base/money/fen.ts';
import { addFen, subtractFen, ZERO } from '../../base/money/fen.ts';
import type { Card } from '../card/card.ts';
import { isCardOnRecord } from '../card/card.ts';
import { checkCard } from '../card/check-card.ts';
import type { SettleBill, Tender } from '../commands.ts';
import type { Answer, Decision, Facts, RequestRecord, Writes } from '../decision.ts';
import { settlementEntries } from '../ledger/entries.ts';
import type { BankLeg } from '../leg/bank-leg.ts';
import type { Accumulator, Person } from '../person/person.ts';
import { addToAccumulator } from '../person/person.ts';
import {
  answerRepeatedKey,
  approvedText,
  declinedAnswer,
  unknownAnswer,
  withoutWrites,
  withWrites,
} from '../request/answers.ts';
import { settlementText } from '../request/settlement-json.ts';
import type { Rulebook } from './rule-bill.ts';
import { accumulatorOfSettlement, ruleBill } from './rule-bill.ts';
import type { BillWarning, Settlement } from './settlement.ts';
import { amountsOf } from './settlement.ts';

/**
 * The sale. In order: the request key, what the request alone shows to be wrong, the card, the policy,
 * the split, the tender. Without a bank leg it is posted here; with one it is reserved, and the bank is
 * asked only after the reservation is durable.
 */
export function decideSettleBill(command: SettleBill, facts: Facts, rulebook: Rulebook): Decision {
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
  const admission = checkCard(card, person, facts.invalidListHits, {
    chip: command.chip,
    pin: command.pin,
    atc: command.tender.kind === 'bank-debit' ? command.tender.atc : undefined,
    usesAccount: command.useAccount,
    at: command.at,
  });
  if (admission.refusal !== undefined) {
    const { refusal, triesLeft } = admission;
    const detail = triesLeft === undefined ? undefined : `tries left: ${triesLeft}`;
    return refuse(command, refusal, admission.card, detail);
  }
  const ruled = ruleBill(command, person, facts.accumulators, rulebook);
  if (!ruled.ok) return refuse(command, ruled.error.code, admission.card, ruled.error.detail);
  const { pack, input, warnings } = ruled.value;
  // With its steps, which the answer tells: they cost less than a second split.
  const split = explainBill(pack, input);
  if (command.tender.expected !== undefined && command.tender.expected !== split.patientPay) {
    return refuse(command, 'QUOTE_CHANGED', admission.card);
  }
  return postOrReserve(command, {
    person,
    card: admission.card,
    pack,
    input,
    warnings,
    split,
    facts,
  });
}

type CheckedBill = {
  readonly person: Person;
  readonly card: Card;
  readonly pack: Pack;
  readonly input: SplitInput;
  readonly warnings: readonly BillWarning[];
  readonly split: Split;
  readonly facts: Facts;
};

function postOrReserve(command: SettleBill, sale: CheckedBill): Decision {
  const { tender } = command;
  const leg =
    tender.kind === 'bank-debit' && sale.split.patientPay > 0n
      ? saleLeg(command, tender, sale.split.patientPay)
      : undefined;
  return leg === undefined ? post(command, sale) : reserve(command, sale, leg);
}

function post(command: SettleBill, sale: CheckedBill): Decision {
  const { person, card, pack, split } = sale;
  const paid: Person = {
    ...person,
    accountBalance: subtractFen(person.accountBalance, split.accountPay),
  };
  const settlement: Settlement = {
    ...newSettlement(command, sale),
    state: 'posted',
    postedAt: command.at,
    tender: split.patientPay > 0n ? 'cash' : 'none',
    balanceAfter: paid.accountBalance,
    deadline: undefined,
  };
  const answer = approvedText(settlementText(settlement, { pack, split }, [], []));
  return withWrites(answer, {
    person: paid,
    card,
    accumulator: accumulated(sale),
    request: requestRecord(command, settlement, answer),
    settlement: { from: undefined, to: settlement },
    posting: { postingNo: 0, entries: settlementEntries(postingAmounts(settlement, split)) },
    outbox: [{ topic: 'settlement.posted', settlementId: settlement.id, payload: {} }],
  });
}

function reserve(command: SettleBill, sale: CheckedBill, leg: BankLeg): Decision {
  const { person, card, split } = sale;
  const held: Person = { ...person, accountHeld: addFen(person.accountHeld, split.accountPay) };
  const settlement: Settlement = {
    ...newSettlement(command, sale),
    state: 'reserved',
    postedAt: undefined,
    tender: 'bank-debit',
    balanceAfter: subtractFen(person.accountBalance, split.accountPay),
    deadline: leg.nextAttemptAt,
  };
  const { requestKey } = command.request;
  return withWrites(unknownAnswer('BANK_OUTCOME_UNKNOWN', settlement.id, requestKey, 'reserved'), {
    person: held,
    card,
    accumulator: accumulated(sale),
    request: requestRecord(command, settlement, undefined),
    settlement: { from: undefined, to: settlement },
    bankLeg: leg,
  });
}

function saleLeg(
  command: SettleBill,
  tender: Extract<Tender, { kind: 'bank-debit' }>,
  amount: Fen,
): BankLeg {
  return {
    key: command.key,
    settlementId: command.settlementId,
    legNo: 0,
    kind: 'sale',
    state: 'sending',
    amount,
    stan: tender.stan,
    batch: tender.batch,
    bankTerminalId: tender.bankTerminalId,
    bankMerchantId: tender.bankMerchantId,
    sealedReference: tender.sealedReference,
    rrn: undefined,
    authCode: undefined,
    responseCode: undefined,
    hostTime: undefined,
    reversalReason: undefined,
    attempts: 0,
    nextAttemptAt: command.at + command.reservationMs,
    openSince: command.at,
    fence: 0,
    lateRrn: undefined,
  };
}

function newSettlement(
  command: SettleBill,
  sale: CheckedBill,
): Omit<Settlement, 'state' | 'postedAt' | 'tender' | 'balanceAfter' | 'deadline'> {
  return {
    key: command.key,
    id: command.settlementId,
    requestKey: command.request.requestKey,
    terminalId: command.request.terminalId,
    institution: command.institution,
    cardId: command.cardId,
    careType: command.careType,
    careRegion: command.careRegion,
    insuredRegion: sale.person.region,
    acceptedAt: command.at,
    businessDate: command.businessDate,
    packId: sale.pack.id,
    input: sale.input,
    amounts: amountsOf(sale.split),
    warnings: sale.warnings,
    refundedLines: [],
  };
}

/** The parts of a posting, by how the patient's share was tendered. */
export function postingAmounts(
  settlement: Pick<Settlement, 'insuredRegion' | 'institution' | 'tender'>,
  split: Pick<Split, 'funds' | 'accountPay' | 'patientPay'>,
): Parameters<typeof settlementEntries>[0] {
  const isBank = settlement.tender === 'bank-debit';
  return {
    region: settlement.insuredRegion,
    institution: settlement.institution,
    funds: split.funds,
    accountPay: split.accountPay,
    bankPay: isBank ? split.patientPay : ZERO,
    cashPay: isBank ? ZERO : split.patientPay,
  };
}

function accumulated({ person, pack, input, split, facts }: CheckedBill): Accumulator {
  const before = accumulatorOfSettlement(person, facts.accumulators, { input }, pack);
  return addToAccumulator(before, split.accumulatorChanges, 1n);
}

function requestRecord(
  command: SettleBill,
  settlement: Settlement | undefined,
  answer: Answer | undefined,
): RequestRecord {
  return {
    key: command.key,
    terminalId: command.request.terminalId,
    cardId: command.cardId,
    requestKey: command.request.requestKey,
    fingerprint: command.request.fingerprint,
    settlementId: settlement?.id,
    state: answer === undefined ? 'running' : 'final',
    answer,
    at: command.at,
  };
}

/** A refusal is stored with its key, and the card with it: a wrong PIN counts even if the answer is lost. */
function refuse(command: SettleBill, code: ErrorCode, card: Card, detail?: string): Decision {
  const { requestKey } = command.request;
  const answer = declinedAnswer(code, { requestKey, ...(detail !== undefined && { detail }) });
  const writes: Writes = { card, request: requestRecord(command, undefined, answer) };
  return withWrites(answer, writes);
}
