import { ok } from '../../../base/errors/result.ts';
import type { Card } from '../card.ts';
import { oralLossEnds } from '../card-regions.ts';
import type { Decided, OrderContext } from './card-order.ts';
import { refuse, refuseState } from './card-order.ts';

/**
 * 挂失: an oral report freezes at once and lapses by itself, a written one freezes until it is lifted. A
 * written report may follow an oral one.
 */
export function reportLoss(
  card: Card,
  form: 'oral' | 'written',
  { command }: OrderContext,
): Decided {
  if (form === 'written') {
    return ok({ cards: [{ card: { ...card, status: 'written-loss', oralLossUntil: undefined } }] });
  }
  if (card.status !== 'active') return refuseState(card.status, ['active']);
  const oralLossUntil = oralLossEnds(command.at, command.region);
  return ok({ cards: [{ card: { ...card, status: 'oral-loss', oralLossUntil } }] });
}

/** 解挂: a written report is lifted in writing only; once a replacement is accepted, none is. */
export function cancelLoss(card: Card, form: 'oral' | 'written'): Decided {
  if (card.status === 'written-loss' && form === 'oral') {
    return refuse('CARD_STEP_INCOMPLETE', 'the loss was reported in writing; needed: writing');
  }
  return ok({ cards: [{ card: foundCard(card) }] });
}

/** Records that an oral report has lapsed; before its moment there is nothing to record. */
export function lapseLoss(card: Card, { command }: OrderContext): Decided {
  return card.oralLossUntil !== undefined && command.at >= card.oralLossUntil
    ? ok({ cards: [{ card: foundCard(card), at: card.oralLossUntil }] })
    : refuse('CARD_STEP_NOT_POSSIBLE', 'the report has not lapsed yet');
}

function foundCard(card: Card): Card {
  return { ...card, status: 'active', oralLossUntil: undefined };
}

/** The card as it is at `at` (ms): with a report that has lapsed it is in use, and that becomes a step. */
export function withoutLapsedLoss(card: Card, at: number): Card {
  const isLapsed =
    card.status === 'oral-loss' && card.oralLossUntil !== undefined && at >= card.oralLossUntil;
  return isLapsed ? foundCard(card) : card;
}
