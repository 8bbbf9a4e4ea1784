// Cards come and go: the terminal waits with a limit, and a card pulled in the middle is noticed.
import { expect, test } from 'vitest';

import { fromHex } from '../../../../engine/base/crypto/bytes.ts';
import { createSimulatedReader } from '../../../../terminal-adapter/readers/simulated-reader.ts';
import { createVirtualCard } from '../../../../terminal-adapter/virtual-card/virtual-card.ts';
import { countingRandom, testCard } from '../virtual-card/test-card.ts';

const newCard = () => createVirtualCard(testCard('sm4'), { random: countingRandom() });

test('waiting ends when a card comes, when it goes, and at the limit', async () => {
  const reader = createSimulatedReader();
  const arrival = reader.waitForCard(10_000);
  reader.insert(newCard());
  expect(await arrival).toBe(true);
  expect(await reader.waitForRemoval(1)).toBe(false);
  const removal = reader.waitForRemoval(10_000);
  reader.remove();
  expect(await removal).toBe(true);
  expect(await reader.waitForCard(1)).toBe(false);
});

test('closing the reader ends a wait that is under way', async () => {
  const reader = createSimulatedReader({ name: 'Counter 1' });
  expect(reader.name).toBe('Counter 1');
  const arrival = reader.waitForCard(60_000);
  await reader.close();
  expect(await arrival).toBe(false);
});

test('an empty slot has no card, and neither a pulled card nor its successor answers', async () => {
  const reader = createSimulatedReader();
  await expect(reader.connect()).rejects.toMatchObject({ code: 'NO_CARD' });
  reader.insert(newCard());
  const connection = await reader.connect();
  reader.insert(newCard());
  await expect(connection.transmit(fromHex('0084000008'))).rejects.toMatchObject({
    code: 'CARD_GONE',
  });
  await connection.disconnect();
  const next = await reader.connect();
  expect((await next.transmit(fromHex('00B2010400'))).length).toBe(2);
});
