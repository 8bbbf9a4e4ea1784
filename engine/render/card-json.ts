import { formatFen } from '../base/money/fen.ts';
import { isoTime } from '../base/time/calendar.ts';
import type { Card } from '../domain/card/card.ts';
import type { CardApplication } from '../domain/card/card-application.ts';
import type { CardStep } from '../domain/card/card-step.ts';
import { PIN_TRIES_MAX } from '../domain/card/pin.ts';
import type { CardAnswer } from '../domain/request/answer.ts';

/** The answer to an order on a card. */
export function cardDocument({ card, application }: CardAnswer): object {
  return {
    outcome: 'approved',
    card: card === undefined ? null : cardMembers(card),
    application: application === undefined ? null : applicationMembers(application),
  };
}

/** A card as an office sees it: without its number, its holder and its PIN. */
export function cardMembers(card: Card) {
  const { cardId, status, medical, financial, statusSince, oralLossUntil, origin } = card;
  return {
    ...{ cardId, status, medical, financial },
    statusSince: statusSince === 0 ? null : isoTime(statusSince),
    oralLossUntil: oralLossUntil === undefined ? null : isoTime(oralLossUntil),
    expiresOn: card.expiresOn ?? null,
    isPinLocked: card.pinWrongTries >= PIN_TRIES_MAX,
    steps: card.steps,
    applicationNo: origin.applicationNo ?? null,
    issuingBank: origin.issuingBank ?? null,
    replaces: origin.replaces ?? null,
    replacedBy: card.replacedBy ?? null,
  };
}

export function applicationMembers(form: CardApplication) {
  const { applicationNo, kind, state, region, issuingBank, delivery, isFeePaid, steps } = form;
  return {
    ...{ applicationNo, kind, state, region, issuingBank, delivery },
    stateSince: isoTime(form.stateSince),
    appliedAt: isoTime(form.appliedAt),
    dueAt: isoTime(form.dueAt),
    employer: form.employer ?? null,
    batchNo: form.batchNo ?? null,
    cause: form.cause ?? null,
    replaces: form.replaces ?? null,
    cardId: form.cardId ?? null,
    fee: formatFen(form.fee),
    ...{ isFeePaid, steps },
  };
}

type Life = {
  readonly cards: readonly Card[];
  readonly applications: readonly CardApplication[];
  readonly steps: readonly CardStep[];
};

/** Everything on record of a person's cards. */
export function cardLifeDocument({ cards, applications, steps }: Life): object {
  return {
    cards: cards.map(cardMembers),
    applications: applications.map(applicationMembers),
    steps: steps.map(({ subject, stepNo, kind, moves, at, by, reason, evidence }) => ({
      ...{ subject, stepNo, kind, at: isoTime(at), by },
      ...{ card: moves.card ?? null, medical: moves.medical ?? null },
      ...{ financial: moves.financial ?? null, reason: reason ?? null },
      evidence: Object.entries(evidence).map(([name, text]) => ({ name, text })),
    })),
  };
}
