// What the counter is told when a card is not what it should be.
import { describe, expect, test } from 'vitest';

import { fromHex } from '../../../../engine/base/crypto/bytes.ts';
import type { CardConnection } from '../../../../terminal-adapter/readers/reader.ts';
import { createReplayReader } from '../../../../terminal-adapter/readers/replay-reader.ts';
import { createSimulatedReader } from '../../../../terminal-adapter/readers/simulated-reader.ts';
import {
  authenticateChip,
  readCard,
  readHolder,
} from '../../../../terminal-adapter/session/card-session.ts';
import type { SocialSecurityPersonalisation } from '../../../../terminal-adapter/virtual-card/personalisation.ts';
import { createVirtualCard } from '../../../../terminal-adapter/virtual-card/virtual-card.ts';
import { countingRandom, testCard } from '../virtual-card/test-card.ts';

async function connectionTo(
  change: Partial<SocialSecurityPersonalisation> = {},
): Promise<CardConnection> {
  const socialSecurity = { ...testCard('3des').socialSecurity, ...change };
  const card = createVirtualCard(
    { socialSecurity, debit: undefined },
    { random: countingRandom() },
  );
  return createSimulatedReader({ card }).connect();
}

/** A card that gives `answers` in turn, whatever it is asked. */
function scripted(...answers: readonly string[]): CardConnection {
  let next = 0;
  return {
    atr: fromHex('3B00'),
    protocol: 'T=1',
    transmit: () => Promise.resolve(fromHex(answers[next++] ?? '6F00')),
    disconnect: () => Promise.resolve(),
  };
}

const FCI = '6F11840F7378312E73682EC9E7BBE1B1A3D5CF9000';

describe('readCard', () => {
  test('the cipher comes from the card', async () => {
    expect(await readCard(await connectionTo())).toMatchObject({
      ok: true,
      value: { algorithm: '3des' },
    });
  });

  test('a card for life has no date of expiry', async () => {
    const card = await readCard(await connectionTo({ expiresOn: undefined }));
    expect(card.ok && card.value.expiresOn).toBeUndefined();
    expect(card.ok).toBe(true);
  });

  test.each([
    ['date of issue', { issuedOn: '2026-02-30' }],
    ['date of expiry', { expiresOn: '2036-13-01' }],
    ['public data', { cardNumber: '' }],
  ])('%s that cannot be', async (what, change) => {
    const error = { code: 'CARD_DATA_MALFORMED', what };
    expect(await readCard(await connectionTo(change))).toEqual({ ok: false, error });
  });

  test('a bank-only card is no social-security card', async () => {
    const error = { code: 'NOT_A_SOCIAL_SECURITY_CARD' };
    expect(await readCard(scripted('6A82'))).toEqual({ ok: false, error });
    expect(
      await authenticateChip(scripted('6A82'), {
        factor: new Uint8Array(8),
        source: new Uint8Array(8),
      }),
    ).toEqual({
      ok: false,
      error,
    });
  });

  test('a card without a card identification code', async () => {
    const error = { code: 'CARD_DATA_MALFORMED', what: 'card identification code' };
    expect(await readCard(scripted(FCI, '9000', '6A83'))).toEqual({ ok: false, error });
  });

  test('a record whose length is wrong', async () => {
    const error = { code: 'CARD_DATA_MALFORMED', what: 'record 1' };
    expect(await readCard(scripted(FCI, '9000', '0110999000'))).toEqual({ ok: false, error });
  });

  test('a blocked file keeps its status word', async () => {
    const error = { code: 'STATUS_WORD', sw: 0x6985 };
    expect(await readCard(scripted(FCI, '6985'))).toEqual({ ok: false, error });
    expect(await readCard(scripted(FCI, '9000', '6985'))).toEqual({ ok: false, error });
  });

  test('a card that was pulled', async () => {
    const reader = createSimulatedReader({
      card: createVirtualCard(testCard('sm4'), { random: countingRandom() }),
    });
    const connection = await reader.connect();
    reader.remove();
    expect(await readCard(connection)).toEqual({
      ok: false,
      error: { code: 'READER_FAILED', reader: 'CARD_GONE' },
    });
  });

  test('a fault of the program is not mistaken for a fault of the reader', async () => {
    const broken = { ...scripted(), transmit: () => Promise.reject(new TypeError('bug')) };
    await expect(readCard(broken)).rejects.toThrow(TypeError);
  });
});

describe('readHolder', () => {
  test('the holder reads the own name after the PIN', async () => {
    expect(await readHolder(await connectionTo(), '123456')).toEqual({
      ok: true,
      value: { idNumber: '999999199001010018', name: '测试人' },
    });
  });

  test('three wrong entries lock the card, and the right PIN does not open it', async () => {
    const connection = await connectionTo();
    const codes: unknown[] = [];
    for (const pin of ['000000', '111111', '222222', '123456']) {
      const holder = await readHolder(connection, pin);
      codes.push(holder.ok ? 'open' : holder.error);
    }
    expect(codes).toEqual([
      { code: 'PIN_WRONG', triesLeft: 2 },
      { code: 'PIN_WRONG', triesLeft: 1 },
      { code: 'PIN_LOCKED' },
      { code: 'PIN_LOCKED' },
    ]);
  });

  test('a card without a name', async () => {
    const connection = scripted(FCI, '9000', '9000', '6A83');
    const error = { code: 'CARD_DATA_MALFORMED', what: 'holder' };
    expect(await readHolder(connection, '123456')).toEqual({ ok: false, error });
  });
});

test('a replay that deviates reaches the caller as a reader failure', async () => {
  const reader = createReplayReader({
    reader: 'replay',
    atr: '3B00',
    protocol: 'T=1',
    exchanges: [],
  });
  expect(await readCard(await reader.connect())).toEqual({
    ok: false,
    error: { code: 'READER_FAILED', reader: 'REPLAY_DEVIATION' },
  });
});
