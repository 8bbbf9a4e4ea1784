import { expect, test } from 'vitest';
import {
  chipAlgorithmOf,
  isCardOnRecord,
  type PresentedCard,
} from '../../../../../engine/domain/card/card.ts';
import { card, settleBill } from '../../../../support/domain/builders.ts';

const presented: PresentedCard = settleBill().presented;

test('what the terminal read is the card on record', () => {
  expect(isCardOnRecord(presented, card())).toBe(true);
});

// A copied card shows the id of another one; only what stands beside it gives it away.
test.each<Partial<PresentedCard>>([
  { cardNumber: 'A12345679' },
  { cardClass: '3' },
  { specVersion: '2.00' },
  { expiresOn: '2037-01-01' },
  { expiresOn: undefined },
])('it is not, where the record says otherwise: %j', (change) => {
  expect(isCardOnRecord({ ...presented, ...change }, card())).toBe(false);
});

test.each([
  ['1.00', '3des'],
  ['2.00', '3des'],
  ['3', 'sm4'],
  ['3.00', 'sm4'],
])('a chip of specification %s answers by %s', (specVersion, algorithm) => {
  expect(chipAlgorithmOf(specVersion)).toBe(algorithm);
});
