// The field 55 of a UnionPay chip sale, from the recorded conversation of the card that made it.
import { expect, test } from 'vitest';

import { fromHex, toHex } from '../../../../engine/base/crypto/bytes.ts';
import { fen } from '../../../../engine/base/money/fen.ts';
import { createReplayReader } from '../../../../terminal-adapter/readers/replay-reader.ts';
import {
  authoriseDebit,
  COUNTER_TERMINAL,
  finishDebit,
} from '../../../../terminal-adapter/session/debit-session.ts';
import { loadVectors } from '../../vectors/load-vectors.ts';

type Steps = { readonly steps: readonly { readonly c: string; readonly r: string }[] };

test('sale of 123.45 yuan with the UnionPay test card', async () => {
  const steps = loadVectors<Steps, unknown>('apdu').find(({ id }) => id === 'apdu-pboc-online')
    ?.inputs.steps;
  const sale = loadVectors<{ data: string }, unknown>('tlv').find(({ id }) => id === 'tlv-f55');
  const exchanges = (steps ?? []).slice(3).map(({ c, r }) => ({ command: c, response: r }));
  // The transcript leaves out the trailing Le of no command but EXTERNAL AUTHENTICATE, as we do.
  const reader = createReplayReader({
    reader: 'replay',
    atr: '3B6D00',
    protocol: 'T=1',
    exchanges,
  });
  const connection = await reader.connect();
  const debit = await authoriseDebit(connection, {
    amountFen: fen(12345n),
    date: '2026-11-22',
    time: '10:00:00',
    unpredictableNumber: fromHex('11223344'),
    traceNumber: 2,
    terminal: { ...COUNTER_TERMINAL, serial: '12345678', verificationResults: '0000000000' },
  });
  if (!debit.ok) throw new Error(JSON.stringify(debit.error));
  expect(toHex(debit.value.field55)).toBe(sale?.inputs.data);
  expect(debit.value).toMatchObject({
    pan: '6216261000000000018',
    panSequence: '01',
    expiry: '3012',
    track2: '6216261000000000018D30122200000000000',
    atc: 1,
  });
  const outcome = await finishDebit(connection, {
    debit: debit.value,
    responseCode: '00',
    issuerAuthData: fromHex('0480071158F4E1B03030'),
  });
  expect(outcome).toEqual({
    ok: true,
    value: { approved: true, cryptogram: fromHex('4BCB701552137F92') },
  });
  expect(reader.remaining()).toBe(0);
});
