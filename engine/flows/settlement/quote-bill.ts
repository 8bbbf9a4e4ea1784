import { explainBill } from '../../../rules/kernel/split-bill.ts';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { ProblemExtra } from '../../base/errors/problem.ts';
import type { CardId } from '../../base/ids/ids.ts';
import { businessDateOf } from '../../base/time/calendar.ts';
import type { CardBody } from '../../contract/card.ts';
import type { QuoteRequest } from '../../contract/quote.ts';
import type { PresentedCard } from '../../domain/card/card.ts';
import { isCardOnRecord } from '../../domain/card/card.ts';
import { checkStanding } from '../../domain/card/check-card.ts';
import { checkPresentedCard } from '../../domain/card/check-presented-card.ts';
import { standingOn } from '../../domain/insurance/insured-spans.ts';
import { declinedAnswer } from '../../domain/request/answer.ts';
import { needsPrescription } from '../../domain/settlement/prescription.ts';
import type { BillToSettle } from '../../domain/settlement/rule-bill.ts';
import { ruleBill } from '../../domain/settlement/rule-bill.ts';
import type { Keys } from '../../ports/keys.ts';
import type { Caller, FlowDeps } from '../deps.ts';
import type { FlowAnswer } from '../flow-answer.ts';
import { approved } from '../flow-answer.ts';
import { recordTerminalRead } from '../principal/terminal-read.ts';
import { isCareTypeAllowed, readBill } from './read-bill.ts';

/**
 * 预结算: who would pay what now. Moves no money, stores nothing but who asked, needs neither chip nor PIN.
 */
export async function quoteBill(
  deps: FlowDeps,
  caller: Caller,
  body: QuoteRequest,
): Promise<FlowAnswer> {
  const { terminal, institution } = caller;
  if (!isCareTypeAllowed(terminal, body.bill.careType)) return refused('TERMINAL_NOT_ALLOWED');
  const at = deps.environment.now();
  const today = businessDateOf(at);
  const presented = readPresentedCard(deps.keys, body.card);
  const cardObjection = checkPresentedCard(presented, deps.settings.cardRules, today);
  if (cardObjection !== undefined) return refused(cardObjection);
  const bill = readBill(deps, institution, body.bill, today);
  if (!bill.ok) return refused(bill.error);
  const owner = await deps.store.findCardOwner(presented.cardId);
  if (owner === undefined) return refused('CARD_UNKNOWN');
  const toSettle: BillToSettle = {
    ...{ institution: institution.code, at, useAccount: body.useAccount },
    ...bill.value,
  };
  const facts = await deps.store.readFacts({
    ...{ key: owner, cardId: presented.cardId, prescription: needsPrescription(toSettle) },
  });
  const { person, card } = facts;
  if (person === undefined || card === undefined) return refused('CARD_UNKNOWN');
  const { personNo } = person.key;
  await recordTerminalRead(deps, caller, { action: 'bill.quote', personNo });
  if (!isCardOnRecord(presented, card)) return refused('CARD_MALFORMED');
  const insured = standingOn(person, toSettle.serviceDate);
  const refusal = checkStanding(card, insured, facts.invalidListHits, {
    usesAccount: body.useAccount,
    at,
  });
  if (refusal !== undefined) return refused(refusal);
  const ruled = ruleBill(toSettle, person, facts, {
    ...deps.billRules,
    policy: deps.policy.current(),
  });
  if (!ruled.ok) return refused(ruled.error.code, ruled.error.extra);
  const { pack, input, warnings } = ruled.value;
  const split = explainBill(pack, input);
  return {
    kind: 'quoted',
    ...approved,
    explained: { pack, split },
    lines: input.lines,
    warnings,
  };
}

/** The card of a request as the domain sees it: with the keyed hash of its number, which is what is on record. */
export function readPresentedCard(
  { personalData }: Pick<Keys, 'personalData'>,
  body: CardBody,
): PresentedCard {
  return {
    ...body,
    cardId: body.cardId as CardId,
    cardNumberHash: personalData.keyedHash('card-number', body.cardNumber),
    expiresOn: body.expiresOn ?? undefined,
  };
}

function refused(code: ErrorCode, extra: ProblemExtra = {}): FlowAnswer {
  return declinedAnswer(code, extra);
}
