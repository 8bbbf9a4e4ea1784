// What a terminal may rely on, whatever reader it has: one text for the simulated reader, for the
// replay of what that reader said, and for PC/SC (with the service faked around the same card).
import { EventEmitter } from 'node:events';

import { describe, expect, test } from 'vitest';

import { fromHex, toHex } from '../../../../engine/base/crypto/bytes.ts';
import { internalAuthCryptogram } from '../../../../engine/base/crypto/card-key.ts';
import { fen } from '../../../../engine/base/money/fen.ts';
import { openPcscReader } from '../../../../terminal-adapter/readers/pcsc-reader.ts';
import type { CardConnection, Reader } from '../../../../terminal-adapter/readers/reader.ts';
import { createRecordingReader } from '../../../../terminal-adapter/readers/recording-reader.ts';
import { createReplayReader } from '../../../../terminal-adapter/readers/replay-reader.ts';
import { createSimulatedReader } from '../../../../terminal-adapter/readers/simulated-reader.ts';
import {
  authenticateChip,
  readCard,
  readHolder,
} from '../../../../terminal-adapter/session/card-session.ts';
import {
  authoriseDebit,
  COUNTER_TERMINAL,
  finishDebit,
} from '../../../../terminal-adapter/session/debit-session.ts';
import { createVirtualCard } from '../../../../terminal-adapter/virtual-card/virtual-card.ts';
import { t0Card } from '../../../unit/terminal-adapter/virtual-card/t0-card.ts';
import {
  countingRandom,
  testCard,
  testCardId,
} from '../../../unit/terminal-adapter/virtual-card/test-card.ts';

const factor = fromHex('0011223344556677');
const source = fromHex('8899AABBCCDDEEFF');
const newCard = () => createVirtualCard(testCard('sm4'), { random: countingRandom() });

async function conversation(connection: CardConnection) {
  const profile = await readCard(connection);
  const proof = await authenticateChip(connection, { factor, source });
  const debit = await authoriseDebit(connection, {
    amountFen: fen(6850n),
    date: '2026-11-22',
    time: '10:15:00',
    unpredictableNumber: fromHex('A5A5A5A5'),
    traceNumber: 7,
    terminal: { ...COUNTER_TERMINAL, serial: 'YKT00001' },
  });
  const answer = { responseCode: '51', issuerAuthData: undefined };
  const outcome = debit.ok
    ? await finishDebit(connection, { debit: debit.value, ...answer })
    : debit;
  return { profile, proof, debit, outcome };
}

async function simulated(): Promise<Reader> {
  return createSimulatedReader({ card: newCard() });
}

/** A reader that passes commands to a card of T=0 as they are. */
async function simulatedT0(): Promise<Reader> {
  return createSimulatedReader({ card: t0Card(newCard()) });
}

async function replay(open = simulated): Promise<Reader> {
  const recorder = createRecordingReader(await open());
  const connection = await recorder.connect();
  await conversation(connection);
  await connection.disconnect();
  return createReplayReader(recorder.transcript());
}

/** The PC/SC service with one reader and the same card in it. */
async function pcsc(card = newCard()): Promise<Reader> {
  const module = () => {
    const device = Object.assign(new EventEmitter(), {
      name: 'Fake PC/SC reader 00 00',
      SCARD_SHARE_EXCLUSIVE: 1,
      SCARD_UNPOWER_CARD: 2,
      SCARD_STATE_PRESENT: 32,
      connected: false,
      connect: (_mode: unknown, done: (error: unknown, protocol: number) => void) => {
        // The add-on reports success, without a protocol, when it is connected already.
        if (device.connected) return done(undefined, Number.NaN);
        device.connected = true;
        done(null, card.protocol === 'T=0' ? 1 : 2);
      },
      disconnect: (_disposition: number, done: (error: unknown) => void) => {
        device.connected = false;
        card.reset();
        done(null);
      },
      transmit: (
        data: Buffer,
        _max: number,
        _protocol: number,
        done: (error: unknown, bytes: Buffer) => void,
      ) => done(null, Buffer.from(card.transmit(data))),
      close: () => undefined,
    });
    const context = Object.assign(new EventEmitter(), { close: () => undefined });
    process.nextTick(() => {
      context.emit('reader', device);
      device.emit('status', { state: 32, atr: card.atr });
    });
    return context;
  };
  const reader = await openPcscReader({
    timeoutMs: 1000,
    load: () => Promise.resolve({ default: module }),
  });
  if (!reader.ok) throw new Error(reader.error);
  return reader.value;
}

describe.each([
  ['simulated reader', simulated],
  ['replay reader', () => replay()],
  ['PC/SC reader', () => pcsc()],
  ['simulated reader, T=0', simulatedT0],
  ['replay reader, T=0', () => replay(simulatedT0)],
  ['PC/SC reader, T=0', () => pcsc(t0Card(newCard()))],
] as const)('%s', (_name, open) => {
  test('carries a whole sale', async () => {
    const reader = await open();
    expect(await reader.waitForCard(1000)).toBe(true);
    const connection = await reader.connect();
    expect(toHex(connection.atr)).toMatch(/^3B6D/);
    const { profile, proof, debit, outcome } = await conversation(connection);
    expect(profile).toMatchObject({
      ok: true,
      value: {
        cardId: testCardId,
        cardClass: '1',
        specVersion: '3.00',
        issuer: '910000019991009900000000',
        issuedOn: '2026-01-01',
        expiresOn: '2036-01-01',
        algorithm: 'sm4',
      },
    });
    const cardKey = fromHex(testCard('sm4').socialSecurity.cardKey);
    const expected = internalAuthCryptogram({
      algorithm: 'sm4',
      cardKey,
      factor8: factor,
      source8: source,
    });
    expect(proof).toEqual({ ok: true, value: expected });
    expect(debit).toMatchObject({ ok: true, value: { atc: 1, expiry: '3012', panSequence: '01' } });
    expect(outcome).toMatchObject({ ok: true, value: { approved: false } });
    await connection.disconnect();
    await reader.close();
  });

  test('gives the card to one program at a time, and again after it is put back', async () => {
    const reader = await open();
    const first = await reader.connect();
    await expect(reader.connect()).rejects.toMatchObject({ code: 'CARD_BUSY' });
    await first.disconnect();
    await first.disconnect();
    await expect(first.transmit(fromHex('0084000008'))).rejects.toMatchObject({
      code: 'CARD_GONE',
    });
    const second = await reader.connect();
    expect(await readCard(second)).toMatchObject({ ok: true, value: { cardId: testCardId } });
    await second.disconnect();
    await reader.close();
  });
});

test.each([
  ['T=1', simulated],
  ['T=0', simulatedT0],
])(
  'a recorded conversation of %s holds no PIN, no name, no card number and no whole PAN',
  async (_protocol, open) => {
    const recorder = createRecordingReader(await open());
    const connection = await recorder.connect();
    await conversation(connection);
    expect(await readHolder(connection, '123456')).toMatchObject({ value: { name: '测试人' } });
    const text = JSON.stringify(recorder.transcript());
    for (const secret of [
      '0003123456',
      'B2E2CAD4C8CB',
      '6216261000000000018',
      '4131323334353637',
    ]) {
      expect(text).not.toContain(secret);
    }
    expect(text).not.toContain(toHex(Buffer.from('999999199001010018')));
    expect(text).toContain('0020000003XXXXXX');
    const replayed = createReplayReader(recorder.transcript());
    const again = await replayed.connect();
    await conversation(again);
    expect((await readHolder(again, '654321')).ok).toBe(true);
    expect(replayed.remaining()).toBe(0);
  },
);
