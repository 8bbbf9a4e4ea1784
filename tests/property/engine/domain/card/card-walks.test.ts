/** Goal: no walk over a card's machines revives a dead card, or pays from a function that does not work. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CardId } from '../../../../../engine/base/ids/ids.ts';
import type { Card } from '../../../../../engine/domain/card/card.ts';
import { isDead, mayCardBecome } from '../../../../../engine/domain/card/card-machines.ts';
import type { CardOrder } from '../../../../../engine/domain/card/orders/card-order.ts';
import { MORNING } from '../../../../support/domain/builders.ts';
import {
  CARD,
  type CardOffice,
  createCardOffice,
  entered,
  NEW_CARD,
} from '../../../../support/domain/card-orders.ts';

const cardIds: readonly CardId[] = [CARD, NEW_CARD];
const forms = fc.constantFrom('F-1', 'F-2', 'F-3');
const plainKinds = [
  ...([
    'send-to-bank',
    'make',
    'deliver',
    'take-back',
    'expire-uncollected',
    'unlock-pin',
  ] as const),
  ...([
    'activate-financial',
    'suspend',
    'resume',
    'lapse-loss',
    'cancel',
    'close-at-bank',
  ] as const),
  ...(['return', 'destroy'] as const),
] as const;
const verifiers = fc.constantFrom('v1', 'v2', 'verifier of 123456');
const either = fc.constantFrom<'oral' | 'written'>('oral', 'written');
const id = fc.constantFrom(...cardIds);
const form = { issuingBank: '102', delivery: 'window' } as const;
const anyOrder: fc.Arbitrary<CardOrder> = fc.oneof(
  fc.record({ kind: fc.constantFrom(...plainKinds), cardId: id }),
  fc.record({ kind: fc.constantFrom('report-loss', 'cancel-loss'), cardId: id, form: either }),
  fc.record({
    kind: fc.constantFrom('activate-medical', 'change-pin'),
    cardId: id,
    oldPin: verifiers.map(entered),
    pinVerifier: fc.option(verifiers, { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('reset-pin'), cardId: id, pinVerifier: verifiers }),
  fc.record({
    ...{ kind: fc.constant('collect'), cardId: id },
    pinVerifier: fc.option(verifiers, { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('bank-review'), cardId: id, isAccepted: fc.boolean() }),
  fc.record({ kind: fc.constant('review'), applicationNo: forms, isAccepted: fc.boolean() }),
  fc.record({ kind: fc.constant('pay-fee'), applicationNo: forms }),
  forms.map((applicationNo): CardOrder => ({ kind: 'apply', applicationNo, ...form })),
  fc
    .tuple(forms, id)
    .map(
      ([applicationNo, cardId]): CardOrder => ({ kind: 'replace', cardId, applicationNo, ...form }),
    ),
  fc.tuple(forms, id).map(
    ([applicationNo, cardId]): CardOrder => ({
      ...{ kind: 'exchange', cardId, applicationNo, cause: 'damaged', ...form },
    }),
  ),
  forms.map((applicationNo): CardOrder => ({ kind: 'personalise', applicationNo, card: newCard })),
);
const newCard = {
  ...{
    cardId: NEW_CARD,
    cardNumberHash: 'hash of A2',
    sealedCardNumber: '',
    cardClass: '1',
    specVersion: '3.00',
  },
  ...{ expiresOn: undefined, pinVerifier: 'verifier of 123456' },
};
/** Hours, days, and half a year. */
const pauses = fc.constantFrom(0, 1, 3_600_000, 86_400_000, 6 * 86_400_000, 200 * 86_400_000);
/** Orders that go somewhere, in front of a random walk: few random ones do. */
const lostAndReplaced: readonly CardOrder[] = [
  { kind: 'report-loss', cardId: CARD, form: 'written' },
  { kind: 'replace', cardId: CARD, applicationNo: 'F-1', ...form },
  { kind: 'review', applicationNo: 'F-1', isAccepted: true },
  { kind: 'personalise', applicationNo: 'F-1', card: newCard },
  { kind: 'send-to-bank', cardId: NEW_CARD },
  { kind: 'bank-review', cardId: NEW_CARD, isAccepted: true },
  { kind: 'make', cardId: NEW_CARD },
];
const beginnings = fc.nat(lostAndReplaced.length).map((count) => lostAndReplaced.slice(0, count));

function checkCard(before: Card | undefined, after: Card): void {
  if (before === undefined) return;
  if (isDead(before.status)) expect(isDead(after.status)).toBe(true);
  if (before.medical === 'closed') expect(after.medical).toBe('closed');
  if (before.financial === 'closed') expect(after.financial).toBe('closed');
  expect(after.steps).toBeGreaterThanOrEqual(before.steps);
  expect(after.pinWrongTries).toBeLessThanOrEqual(3);
}

function checkCounter(office: CardOffice, card: Card, at: number): void {
  const [medical, financial] = [undefined, 1].map((atc) =>
    office.counter(at, { id: card.cardId, ...(atc !== undefined && { atc }) }),
  );
  if (medical === undefined) {
    expect(isDead(card.status)).toBe(false);
    expect(card.medical).toBe('active');
  }
  if (financial === undefined) expect(card.financial).toBe('active');
}

test('no walk revives a dead card, pays from a suspended function, or leaves steps out', () => {
  const walk = fc.array(fc.tuple(anyOrder, pauses), { maxLength: 40 });
  fc.assert(
    fc.property(beginnings, walk, (beginning, steps) => {
      const office = createCardOffice({ pinVerifier: 'v1' });
      let at = MORNING;
      for (const [order, pause] of [...beginning.map((one) => [one, 0] as const), ...steps]) {
        at += pause;
        const before = new Map(office.memory.cards);
        const { writes } = office.decision(order, { at });
        for (const [cardId, card] of office.memory.cards) {
          checkCard(before.get(cardId), card);
          checkCounter(office, card, at);
        }
        const moved = writes?.cards?.length ?? 0;
        const forms = writes?.application === undefined ? 0 : 1;
        expect(writes?.cardSteps?.length ?? 0).toBe(moved + forms);
        for (const { moves } of writes?.cardSteps ?? []) {
          const { card } = moves;
          if (card !== undefined && card.from !== 'new')
            expect(mayCardBecome('card', card.from, card.to)).toBe(true);
        }
      }
      const inUse = [...office.memory.cards.values()].filter(
        (card) => office.counter(at, { id: card.cardId }) === undefined,
      );
      expect(inUse.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 400 },
  );
});
