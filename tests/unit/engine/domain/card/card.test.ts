import { expect, test } from 'vitest';
import {
  chipAlgorithmOf,
  isCardOnRecord,
  type PresentedCard,
  unsealedNumber,
} from '../../../../../engine/domain/card/card.ts';
import { card, presentedCard, settleBill } from '../../../../support/domain/builders.ts';

const presented: PresentedCard = settleBill().presented;

test('what the terminal read is the card on record', () => {
  expect(isCardOnRecord(presented, card())).toBe(true);
});

test('a number that waits to be sealed is compared as it stands', () => {
  const unsealed = card({ cardNumberHash: unsealedNumber('A12345678'), sealedCardNumber: '' });
  expect(isCardOnRecord(presented, unsealed)).toBe(true);
  const other = presentedCard(card({ cardNumber: 'A12345679' }));
  expect(isCardOnRecord(other, unsealed)).toBe(false);
  // Nobody passes by showing what stands in the row.
  expect(isCardOnRecord({ ...other, cardNumber: unsealed.cardNumberHash }, unsealed)).toBe(false);
});

// A copied card shows the id of another one; only what stands beside it gives it away.
test.each<Partial<PresentedCard>>([
  presentedCard(card({ cardNumber: 'A12345679' })),
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
