import { expect, test } from 'vitest';
import type { PresentedCard } from '../../../../../engine/domain/card/card.ts';
import { checkPresentedCard } from '../../../../../engine/domain/card/check-presented-card.ts';
import { card, cardRules, settleBill, TODAY } from '../../../../support/domain/builders.ts';

const good: PresentedCard = settleBill().presented;
const cardId = (text: string) => text as PresentedCard['cardId'];

test('a good card', () => {
  expect(checkPresentedCard(good, cardRules, TODAY)).toBeUndefined();
});

test.each<[string, Partial<PresentedCard>]>([
  ['lower-case card id', { cardId: cardId(card().cardId.toLowerCase()) }],
  ['short card id', { cardId: cardId('441900') }],
  ['card number of eight', { cardNumber: 'A1234567' }],
  ['card number of ten', { cardNumber: 'A123456789' }],
  ['card number with something before it', { cardNumber: ' A12345678' }],
  ['issue date of another form', { issuedOn: '20260101' }],
  ['issue date with a time', { issuedOn: '2026-01-01T00:00:00Z' }],
  ['end date of another form', { expiresOn: '2036-1-1' }],
  ['end date of five digits', { expiresOn: '12036-01-01' }],
])('malformed: %s', (_, change) => {
  expect(checkPresentedCard({ ...good, ...change }, cardRules, TODAY)).toBe('CARD_MALFORMED');
});

test('each check comes before the next', () => {
  // One card that fails all of them; put right one by one.
  let bad: PresentedCard = {
    ...good,
    cardId: cardId(`99${good.cardId.slice(2)}`),
    cardNumber: 'a',
    cardClass: '9',
    specVersion: '1.00',
    issuedOn: '2027-01-01',
    expiresOn: '2020-01-01',
  };
  const seen: (string | undefined)[] = [];
  for (const change of [
    {},
    { cardNumber: good.cardNumber },
    { cardId: good.cardId },
    { cardClass: good.cardClass },
    { specVersion: good.specVersion },
    { issuedOn: '2010-01-01' },
    { expiresOn: undefined },
  ]) {
    bad = { ...bad, ...change };
    seen.push(checkPresentedCard(bad, cardRules, TODAY));
  }
  expect(seen).toEqual([
    'CARD_MALFORMED',
    'CARD_REGION_UNSUPPORTED',
    'CARD_CLASS_UNSUPPORTED',
    'CARD_VERSION_UNSUPPORTED',
    'CARD_NOT_YET_VALID',
    'CARD_EXPIRED',
    undefined,
  ]);
});

test('the last day of validity and the day of issue both count', () => {
  expect(checkPresentedCard({ ...good, expiresOn: TODAY }, cardRules, TODAY)).toBeUndefined();
  expect(checkPresentedCard({ ...good, issuedOn: TODAY }, cardRules, TODAY)).toBeUndefined();
  expect(checkPresentedCard({ ...good, expiresOn: '2026-11-21' }, cardRules, TODAY)).toBe(
    'CARD_EXPIRED',
  );
});
