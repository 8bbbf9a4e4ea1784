import { describe, expect, test } from 'vitest';
import type { CardStatus } from '../../../../../engine/domain/card/card.ts';
import { changeCard } from '../../../../../engine/domain/card/change-card.ts';

const card = (status: CardStatus, pinVerifier = 'AA') => ({
  ...{ status, pinVerifier, pinWrongTries: 3 },
});
const pin = { kind: 'set-pin', pinVerifier: 'BB' } as const;

describe('a new PIN', () => {
  test.each(['active', 'not-activated', 'initial-pin'] as const)(
    'is taken by a card that is %s',
    (status) => {
      const value = { status: 'active', pinVerifier: 'BB', pinWrongTries: 0 };
      expect(changeCard(card(status), pin)).toEqual({ ok: true, value });
    },
  );

  test.each(['suspended', 'oral-loss', 'written-loss', 'cancelled'] as const)(
    'makes no card valid that is %s',
    (status) => {
      expect(changeCard(card(status), pin)).toEqual({ ok: false, error: status });
    },
  );
});

test('a suspension is of cards in use, ends as it began, and takes no lost card back', () => {
  const suspended = changeCard(card('active'), { kind: 'suspend' });
  expect(suspended).toMatchObject({ ok: true, value: { status: 'suspended', pinWrongTries: 3 } });
  const resume = { kind: 'resume' } as const;
  expect(changeCard(card('suspended'), resume)).toMatchObject({ value: { status: 'active' } });
  expect(changeCard(card('written-loss'), resume)).toEqual({ ok: false, error: 'written-loss' });
  expect(changeCard(card('cancelled'), { kind: 'suspend' })).toMatchObject({ ok: false });
});

test('a card without a PIN is not resumed into use', () => {
  expect(changeCard(card('suspended', ''), { kind: 'resume' })).toMatchObject({
    value: { status: 'not-activated' },
  });
});
