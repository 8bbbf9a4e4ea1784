/** What the bank must know of cards reaches its books once and in order, whatever happens on the way. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CardLink } from '../../../support/bank-cards/card-link.ts';
import { cardIdOf, eventOf, openCardLink } from '../../../support/bank-cards/card-link.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';

let database: TestDatabase;
let link: CardLink;
beforeEach(async () => {
  database = await createTestDatabase();
  link = await openCardLink(database.url);
});
afterEach(async () => {
  await link.close();
  await database.drop();
});

const card = cardIdOf(1);
const HOUR_MS = 3_600_000;

async function waiting(): Promise<number> {
  return (await link.deps.messages.readBacklog()).waiting;
}

function heard(): string[] {
  return link.books.heardMessages().map(({ sequence, topic }) => `${sequence} ${topic}`);
}

/** A card that the bank has had made, in use. */
async function inUse(cardId = card, shard = 3): Promise<void> {
  await link.store(shard, eventOf(cardId, 'at-bank', 'not-activated'));
  await link.deliver();
  const batchNo = link.books.findServiceCard(cardId)?.batchNo ?? 0;
  link.service.office.reviewBatch(batchNo, () => undefined);
  link.service.office.make(cardId);
  link.service.office.activate(cardId, '123456');
}

test('the messages of a card arrive in the order in which they were stored', async () => {
  await inUse();
  await link.store(3, eventOf(card, 'active'));
  await link.store(3, eventOf(card, 'written-loss'));
  await link.store(3, eventOf(card, 'replaced'));
  await link.deliver();
  expect(heard()).toEqual([
    '1 card-at-bank',
    '2 card-active',
    '3 card-written-loss',
    '4 card-replaced',
  ]);
  expect(link.books.findServiceCard(card)).toMatchObject({
    ...{ document: 'replaced', financial: 'suspended' },
  });
  expect(await waiting()).toBe(0);
});

test.each(['lost', 'answer-lost', 'late', 'unsigned', 'not-now'] as const)(
  'a message whose answer does not come (%s) is sent again and counts once',
  async (kind) => {
    await inUse();
    await link.store(3, eventOf(card, 'written-loss'));
    await link.store(3, eventOf(card, 'active'));
    link.service.faults.order({ kind });
    await link.deliver();
    expect(await waiting()).toBe(2);
    await link.deliver(HOUR_MS);
    expect(heard()).toEqual(['1 card-at-bank', '2 card-written-loss', '3 card-active']);
    expect(await waiting()).toBe(0);
    expect(link.books.findServiceCard(card)?.financial).toBe('active');
  },
);

test('a card that waits for a pause keeps no other card waiting', async () => {
  await inUse();
  await inUse(cardIdOf(2), 4);
  await link.store(3, eventOf(card, 'written-loss'));
  link.service.faults.order({ kind: 'lost' });
  await link.deliver();
  await link.store(4, eventOf(cardIdOf(2), 'written-loss'));
  await link.deliver();
  expect(link.books.findServiceCard(card)?.financial).toBe('active');
  expect(link.books.findServiceCard(cardIdOf(2))?.financial).toBe('suspended');
});

test('a message that the bank refuses goes to people with the reason, and the next one follows', async () => {
  await inUse();
  await link.store(3, eventOf(card, 'cancelled'));
  await link.store(3, eventOf(card, 'active'));
  await link.store(3, eventOf(card, 'destroyed'));
  await link.deliver();
  expect(link.books.findServiceCard(card)).toMatchObject({
    ...{ document: 'destroyed', financial: 'closed' },
  });
  const { rows } = await link.client.query('select sequence, code, owner from bank_work_item');
  expect(rows).toEqual([{ sequence: 3, code: 'CARD_DEAD', owner: 'card-officer' }]);
  expect(await waiting()).toBe(0);
});

test('an engine that lost its claim marks nothing', async () => {
  await inUse();
  await link.store(3, eventOf(card, 'written-loss'));
  const { messages } = link.deps;
  const at = Date.now();
  const [first] = await messages.claimQueues({ at, leaseMs: 100, limit: 1 });
  const [second] = await messages.claimQueues({ at: at + 200, leaseMs: 100, limit: 1 });
  const [message] = first?.messages ?? [];
  if (first === undefined || second === undefined || message === undefined) throw new Error('none');
  expect(await messages.markTaken(first, message, at)).toBe(false);
  expect(await messages.markTaken(second, message, at)).toBe(true);
});

test('two engines that look at once do not claim the same card', async () => {
  for (let number = 10; number < 30; number++) await inUse(cardIdOf(number), number % 16);
  for (let number = 10; number < 30; number++) {
    await link.store(number % 16, eventOf(cardIdOf(number), 'written-loss'));
  }
  const terms = { at: Date.now(), leaseMs: 5_000, limit: 20 };
  const claims = await Promise.all([1, 2, 3].map(() => link.deps.messages.claimQueues(terms)));
  const cards = claims.flat().map(({ cardId }) => cardId);
  expect(new Set(cards).size).toBe(cards.length);
  expect(cards.length).toBe(20);
});

test('a bank that lost what it had taken gets it again', async () => {
  await inUse();
  await link.store(3, eventOf(card, 'written-loss'));
  await link.deliver();
  await link.store(3, eventOf(card, 'active'));
  const known = link.books.findServiceCard(card);
  if (known === undefined) throw new Error('unknown');
  link.books.forgetMessages(card, 2);
  await link.deliver();
  await link.deliver(HOUR_MS);
  expect(heard()).toEqual(['1 card-at-bank', '2 card-written-loss', '3 card-active']);
});
