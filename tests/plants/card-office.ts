/** Orders on cards: loss reports, replacements, PINs, cancellations. */
import assert from 'node:assert/strict';
import type { Card } from '../../engine/domain/card/card.ts';
import type { OrderCard } from '../../engine/domain/card/orders/card-order.ts';
import { orderCard } from '../../engine/domain/card/orders/order-card.ts';
import { createDecide } from '../../engine/domain/decide.ts';
import type { Decision, Facts } from '../../engine/domain/decision.ts';
import type { Rulebook } from '../../engine/domain/rulebook.ts';
import { bankDebit, MORNING, policy, RIGHT_PIN, settleBill } from '../support/domain/builders.ts';
import { CARD, createCardOffice, entered, FORM } from '../support/domain/card-orders.ts';
import { type Check, caughtBy } from './plant.ts';

type Decide = (command: OrderCard, facts: Facts, rulebook: Rulebook) => Decision;

function officeOf(decide: Decide, change: Partial<Card> = {}) {
  const honest = createDecide(() => policy);
  const planted: typeof honest = (command, facts) =>
    command.type === 'order-card'
      ? decide(command as OrderCard, facts, { policy } as Rulebook)
      : honest(command, facts);
  return createCardOffice(change, {}, planted);
}

const at = (text: string) => Date.parse(`${text}+08:00`);
const oral = { kind: 'report-loss', cardId: CARD, form: 'oral' } as const;
const written = { ...oral, form: 'written' } as const;
const found = { kind: 'cancel-loss', cardId: CARD, form: 'oral' } as const;
const cancel = { kind: 'cancel', cardId: CARD } as const;
const change = { kind: 'change-pin', cardId: CARD, pinVerifier: 'new' } as const;

const office: Check<Decide> = {
  name: 'orders on cards',
  honest: () => orderCard.decide,
  keeps(decide) {
    const lost = officeOf(decide);
    lost.order(oral, { at: MORNING });
    assert.equal(lost.counter(), 'CARD_LOST_ORAL', 'a card that is reported lost pays');
    const last = lost.counter(at('2026-11-27T23:59:59.999'));
    assert.equal(last, 'CARD_LOST_ORAL', 'an oral report lapses early');
    const after = lost.counter(at('2026-11-28T00:00:00'));
    assert.equal(after, undefined, 'an oral report lapses late');

    const replaced = officeOf(decide);
    const early = replaced.order({ kind: 'replace', cardId: CARD, ...FORM });
    assert.notEqual(early, 'done', 'a card is replaced that nobody has reported lost');
    replaced.order(written);
    assert.equal(
      replaced.order(found),
      'CARD_STEP_INCOMPLETE',
      'a written report is lifted orally',
    );
    replaced.order({ kind: 'replace', cardId: CARD, ...FORM });
    replaced.order({ ...found, form: 'written' });
    assert.equal(replaced.counter(), 'CARD_CANCELLED', 'the replaced card is alive');

    const locked = officeOf(decide, { pinWrongTries: 3 });
    locked.order({ kind: 'reset-pin', cardId: CARD, pinVerifier: 'new' });
    assert.equal(locked.card().pinWrongTries, 0, 'a reset keeps the wrong entries');
    const guessed = officeOf(decide, { pinWrongTries: 2 });
    guessed.order({ ...change, oldPin: entered('wrong') });
    assert.equal(guessed.card().pinWrongTries, 3, 'a wrong PIN of a change does not count');
    const knows = guessed.order({ ...change, oldPin: entered(RIGHT_PIN) });
    assert.equal(knows, 'PIN_LOCKED', 'a locked PIN is changed');

    const busy = officeOf(decide);
    busy.memory.run(settleBill({ tender: bankDebit('40.68'), useAccount: false }));
    assert.equal(busy.order(cancel), 'CARD_BUSINESS_OPEN', 'a card is cancelled with an open leg');

    const twice = officeOf(decide);
    const same = { orderId: 'the-same-order-id' };
    twice.order(oral, same);
    twice.order(oral, same);
    assert.equal(twice.card().steps, 1, 'an order that comes twice is two steps');
  },
};

/** The honest decision of another command. */
const onOtherCommand =
  (other: (command: OrderCard) => Partial<OrderCard>) =>
  (decide: Decide): Decide =>
  (command, facts, rulebook) =>
    decide({ ...command, ...other(command) }, facts, rulebook);

/** The honest decision with other cards to write. */
const withOtherCards =
  (kind: OrderCard['order']['kind'], other: (card: Card, facts: Facts) => Card) =>
  (decide: Decide): Decide =>
  (command, facts, rulebook) => {
    const decision = decide(command, facts, rulebook);
    const { writes } = decision;
    if (command.order.kind !== kind || writes?.cards === undefined) return decision;
    const cards = writes.cards.map((card) => other(card, facts));
    return { ...decision, writes: { ...writes, cards } };
  };

const stored = (card: Card, { cards = [] }: Facts): Card =>
  cards.find(({ cardId }) => cardId === card.cardId) ?? card;

export const cardOfficePlants = caughtBy(
  office,
  {
    name: 'loss-lapses-late',
    bug: 'The days of an oral report are counted from the day after it: it lapses a day late.',
    breaks: 'An oral report lapses at 24:00 of the region’s last day.',
    plant: onOtherCommand(({ region }) => ({
      region: { ...region, oralLossDays: region.oralLossDays + 1 },
    })),
    says: 'an oral report lapses late',
  },
  {
    name: 'loss-counts-its-first-day',
    bug: 'The day of the report counts as the first although the region says that it does not.',
    breaks: 'An oral report lapses at 24:00 of the region’s last day.',
    plant: onOtherCommand(({ region }) => ({
      region: { ...region, oralLossCountsReportDay: true },
    })),
    says: 'an oral report lapses early',
  },
  {
    name: 'replacement-leaves-old-card-alive',
    bug: 'A replacement is accepted, and the lost card stays as it was until the new one is there.',
    breaks: 'With the replacement the old card is dead for ever.',
    plant: withOtherCards('replace', (card, facts) => ({
      ...stored(card, facts),
      steps: card.steps,
    })),
    says: 'the replaced card is alive',
  },
  {
    name: 'written-loss-lifted-by-telephone',
    bug: 'Whoever calls lifts a loss report, a written one too.',
    breaks: 'What was reported in writing is lifted in writing.',
    plant: onOtherCommand(({ order }) =>
      order.kind === 'cancel-loss' ? { order: { ...order, form: 'written' } } : {},
    ),
    says: 'a written report is lifted orally',
  },
  {
    name: 'pin-reset-keeps-the-tries',
    bug: 'A new PIN is set at the window, and the wrong entries of the old one stay.',
    breaks: 'A reset in person forgets the wrong entries.',
    plant: withOtherCards('reset-pin', (card, facts) => ({
      ...card,
      pinWrongTries: stored(card, facts).pinWrongTries,
    })),
    says: 'a reset keeps the wrong entries',
  },
  {
    name: 'pin-guessed-at-the-window',
    bug: 'A wrong old PIN of a change is refused and forgotten: the window guesses as long as it likes.',
    breaks: 'Wrong entries count wherever they are made.',
    plant: (decide) => (command, facts, rulebook) => {
      const decision = decide(command, facts, rulebook);
      return decision.answer.kind === 'refused' ? { ...decision, writes: undefined } : decision;
    },
    says: 'a wrong PIN of a change does not count',
  },
  {
    name: 'cancelled-with-an-open-leg',
    bug: 'Before a card is cancelled nobody looks whether the bank still owes an answer.',
    breaks: 'A card is cancelled when all business is settled.',
    plant: (decide) => (command, facts, rulebook) =>
      decide(command, { ...facts, openLegs: [], openSettlements: [] }, rulebook),
    says: 'a card is cancelled with an open leg',
  },
  {
    name: 'order-taken-twice',
    bug: 'An order that is sent again after a lost answer is carried out again.',
    breaks: 'An order’s id is one step.',
    plant: (decide) => (command, facts, rulebook) =>
      decide(command, { ...facts, cardSteps: [], cards: lyingActive(facts) }, rulebook),
    says: 'an order that comes twice is two steps',
  },
);

/** As if nothing had happened yet. */
function lyingActive({ cards = [] }: Facts): readonly Card[] {
  return cards.map((card) =>
    card.status === 'oral-loss' ? { ...card, status: 'active', oralLossUntil: undefined } : card,
  );
}
