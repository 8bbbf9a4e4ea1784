import { describe, expect, test } from 'vitest';
import type { CardStanding } from '../../../../../engine/domain/card/card-standing.ts';
import { standingOf, statesOf } from '../../../../../engine/domain/card/card-standing.ts';
import type { CardOrder } from '../../../../../engine/domain/card/change-card.ts';
import { changeCard } from '../../../../../engine/domain/card/change-card.ts';
import { MORNING } from '../../../../support/domain/builders.ts';

const card = (standing: CardStanding, pinVerifier = 'AA') => ({
  ...{ ...statesOf(standing), oralLossUntil: undefined, pinVerifier, pinWrongTries: 3 },
});
const pin = { kind: 'set-pin', pinVerifier: 'BB' } as const;
const ordered = (before: ReturnType<typeof card>, order: CardOrder) => {
  const after = changeCard(before, order, MORNING);
  return after.ok ? standingOf(after.value, MORNING) : after;
};

describe('a new PIN', () => {
  test.each(['active', 'not-activated', 'initial-pin'] as const)(
    'is taken by a card that is %s',
    (standing) => {
      const value = { ...statesOf('active'), pinVerifier: 'BB', pinWrongTries: 0 };
      expect(changeCard(card(standing), pin, MORNING)).toMatchObject({ ok: true, value });
    },
  );

  test.each(['suspended', 'oral-loss', 'written-loss', 'cancelled', 'not-in-use'] as const)(
    'makes no card valid that is %s',
    (standing) => {
      expect(changeCard(card(standing), pin, MORNING)).toEqual({ ok: false, error: standing });
    },
  );
});

test('a suspension is of cards in use, ends as it began, and takes no lost card back', () => {
  const suspended = changeCard(card('active'), { kind: 'suspend' }, MORNING);
  expect(suspended).toMatchObject({ value: { medical: 'suspended', pinWrongTries: 3 } });
  const resume = { kind: 'resume' } as const;
  expect(ordered(card('suspended'), resume)).toBe('active');
  expect(ordered(card('written-loss'), resume)).toEqual({ ok: false, error: 'written-loss' });
  expect(ordered(card('cancelled'), { kind: 'suspend' })).toMatchObject({ ok: false });
});

test('a card without a PIN is not resumed into use', () => {
  expect(ordered(card('suspended', ''), { kind: 'resume' })).toBe('not-activated');
});
