// Goal: a counter waits for a card and gives it back, and what goes wrong with the reader is told, not
// thrown.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { type CardDeps, useCard } from '../../../../terminal-adapter/counter/use-card.ts';
import {
  createSimulatedReader,
  type SimulatedReader,
} from '../../../../terminal-adapter/readers/simulated-reader.ts';
import { createVirtualCard } from '../../../../terminal-adapter/virtual-card/virtual-card.ts';
import { countingRandom, testCard } from '../virtual-card/test-card.ts';

const clock = { now: () => Date.now(), randomBytes: (count: number) => randomBytes(count) };

const newCard = () => createVirtualCard(testCard('sm4'), { random: countingRandom() });

function depsOf(reader: SimulatedReader, part: Partial<CardDeps> = {}) {
  const codes: string[] = [];
  const deps: CardDeps = {
    ...{ reader, clock, serial: '99000005', insertTimeoutMs: 1_000, removalTimeoutMs: 0 },
    onProgress: ({ code }) => codes.push(code),
    ...part,
  };
  return { deps, codes };
}

test('a card that is there is used at once; its holder is told to take it', async () => {
  const reader = createSimulatedReader({ card: newCard() });
  const { deps, codes } = depsOf(reader);
  const used = await useCard(deps, async (card) => (await card.read()).ok);
  expect([used, codes]).toEqual([true, ['remove-card']]);
});

test('without a card it asks for one and waits', async () => {
  const reader = createSimulatedReader();
  const { deps, codes } = depsOf(reader);
  const using = useCard(deps, async () => 'used');
  await expect.poll(() => codes).toEqual(['insert-card']);
  reader.insert(newCard());
  expect(await using).toBe('used');
});

test('nobody comes: stopped, and nothing was done', async () => {
  const { deps, codes } = depsOf(createSimulatedReader(), { insertTimeoutMs: 1 });
  const used = await useCard(deps, () => expect.unreachable());
  expect(used).toMatchObject({ kind: 'stopped', by: 'card', code: 'NO_CARD' });
  expect(codes).toEqual(['insert-card']);
});

test('another program holds the card: stopped', async () => {
  const reader = createSimulatedReader({ card: newCard() });
  await reader.connect();
  const used = await useCard(depsOf(reader).deps, () => expect.unreachable());
  expect(used).toMatchObject({ code: 'CARD_BUSY', cashier: { en: expect.any(String) } });
});

test('the card is free again after work that throws', async () => {
  const reader = createSimulatedReader({ card: newCard() });
  const broken = useCard(depsOf(reader).deps, () => Promise.reject(new Error('broken')));
  await expect(broken).rejects.toThrow('broken');
  expect(await useCard(depsOf(reader).deps, async () => 'used')).toBe('used');
});

test('it waits for the holder to take the card, if it is told to', async () => {
  const reader = createSimulatedReader({ card: newCard() });
  const { deps, codes } = depsOf(reader, { removalTimeoutMs: 10_000 });
  let isOver = false;
  const using = useCard(deps, async () => 'used').then(() => {
    isOver = true;
  });
  await expect.poll(() => codes).toEqual(['remove-card']);
  expect(isOver).toBe(false);
  reader.remove();
  await using;
});
