import { splitBill } from '../../rules/kernel/split-bill.ts';
import { selectPack } from '../../rules/packs/pack-catalogue.ts';
import { checkStanding } from '../domain/card/admit-card.ts';
import type { PresentedCard } from '../domain/card/card.ts';
import { isCardOnRecord } from '../domain/card/card.ts';
import { checkPresentedCard } from '../domain/card/check-presented-card.ts';
import type { ErrorCode } from '../domain/errors/error-registry.ts';
import type { CardId } from '../domain/ids/ids.ts';
import { approvedAnswer, declinedAnswer } from '../domain/settlement/answers.ts';
import type { Answer } from '../domain/settlement/decision.ts';
import { businessDateOf, quoteDocument } from '../domain/settlement/document.ts';
import { splitInputOf } from '../domain/settlement/settle-bill.ts';
import type { Caller, FlowDeps } from './deps.ts';
import { priceBill } from './price-bill.ts';
import type { CardBody, QuoteBody } from './requests.ts';

/** Who would pay what, by the facts of this moment. Nothing moves, nothing is stored, no chip or PIN is asked. */
export async function quoteBill(
  deps: FlowDeps,
  { terminal, institution }: Caller,
  body: QuoteBody,
): Promise<Answer> {
  if (!terminal.careTypes.includes(body.bill.careType)) return refused('TERMINAL_NOT_ALLOWED');
  const at = deps.clock.now();
  const today = businessDateOf(at);
  const presented = presentedCard(body.card);
  const cardObjection = checkPresentedCard(presented, deps.settings.cardRules, today);
  if (cardObjection !== undefined) return refused(cardObjection);
  const daysMax = deps.settings.serviceDaysMax;
  const lines = priceBill(body.bill, institution, deps.catalogues, { today, daysMax });
  if (!lines.ok) return refused(lines.error);
  const owner = await deps.store.findCardOwner(presented.cardId);
  if (owner === undefined) return refused('CARD_UNKNOWN');
  const facts = await deps.store.readFacts({ key: owner, cardId: presented.cardId });
  const { person, card } = facts;
  if (person === undefined || card === undefined) return refused('CARD_UNKNOWN');
  if (!isCardOnRecord(presented, card)) return refused('CARD_MALFORMED');
  const standing = checkStanding(card, person, facts.invalidListHits, {
    usesAccount: body.useAccount,
    at,
  });
  if (standing !== undefined) return refused(standing);
  const { careType, serviceDate } = body.bill;
  const { region, scheme } = person;
  const pack = selectPack(deps.policy, { region, scheme, careType, serviceDate });
  if (pack === undefined) return refused('NO_POLICY_PACK');
  const sale = {
    institution: institution.code,
    careType,
    serviceDate,
    lines: lines.value,
    carePlace: institution.carePlace,
    useAccount: body.useAccount,
  };
  const split = splitBill(pack, splitInputOf(sale, person, facts.accumulators));
  return approvedAnswer(quoteDocument(split, lines.value));
}

export function presentedCard(body: CardBody): PresentedCard {
  return { ...body, cardId: body.cardId as CardId, expiresOn: body.expiresOn ?? undefined };
}

function refused(code: ErrorCode): Answer {
  return declinedAnswer(code, {});
}
