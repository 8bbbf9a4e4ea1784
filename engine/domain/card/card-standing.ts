import type { Card } from './card.ts';
import { unknownOrigin } from './card.ts';
import type { CardState, CardStates } from './card-machines.ts';
import { isDead } from './card-machines.ts';

/**
 * What the three machines mean at a counter, in one word: registers and the sandbox's people name it, and
 * `checkCard` refuses by it. `not-in-use`: the card is not in its holder's hands yet.
 */
export type CardStanding =
  | 'active'
  | 'not-in-use'
  | 'not-activated'
  | 'initial-pin'
  | 'oral-loss'
  | 'written-loss'
  | 'suspended'
  | 'cancelled';

type Standing = CardStates & {
  /** For `oral-loss`: when the report lapses, ms. */
  readonly oralLossUntil: number | undefined;
};

/** The card's state at a moment (ms): a lapsed oral loss report is none, whether recorded or not. */
export function statusAt(
  { status, oralLossUntil }: Pick<Standing, 'status' | 'oralLossUntil'>,
  at: number,
): CardState {
  const isLapsed = status === 'oral-loss' && oralLossUntil !== undefined && at >= oralLossUntil;
  return isLapsed ? 'active' : status;
}

/** What the card is worth at a counter. The card's own state comes first, then its medical function. */
export function standingOf(card: Standing, at: number): CardStanding {
  const status = statusAt(card, at);
  if (isDead(status)) return 'cancelled';
  if (status === 'oral-loss' || status === 'written-loss') return status;
  if (status !== 'active') return 'not-in-use';
  return card.medical === 'closed' ? 'cancelled' : card.medical;
}

/**
 * The three states of a card that comes from elsewhere with one word. Its financial function is the bank's
 * affair, and as far as the engine knows it works, unless the card is gone.
 */
export function statesOf(standing: CardStanding): CardStates {
  switch (standing) {
    case 'active':
      return { status: 'active', medical: 'active', financial: 'active' };
    case 'not-in-use':
      return { status: 'made', medical: 'not-activated', financial: 'not-activated' };
    case 'not-activated':
    case 'initial-pin':
      return { status: 'active', medical: standing, financial: 'active' };
    case 'oral-loss':
    case 'written-loss':
      return { status: standing, medical: 'active', financial: 'active' };
    case 'suspended':
      return { status: 'active', medical: 'suspended', financial: 'suspended' };
    case 'cancelled':
      return { status: 'cancelled', medical: 'closed', financial: 'closed' };
  }
}

/** The life of a card that comes from elsewhere: no step of it is on record. */
export function lifeFromElsewhere(standing: CardStanding): CardLife {
  return {
    ...statesOf(standing),
    ...{ statusSince: 0, oralLossUntil: undefined, steps: 0 },
    ...{ origin: unknownOrigin, replacedBy: undefined },
  };
}

type CardLife = Pick<
  Card,
  keyof CardStates | 'statusSince' | 'oralLossUntil' | 'steps' | 'origin' | 'replacedBy'
>;
