// The virtual card must say, byte for byte, what the transcripts of a card say.
import { expect, test } from 'vitest';

import { fromHex, toHex } from '../../../../engine/base/crypto/bytes.ts';
import {
  applicationCryptogram,
  pbocSessionKey,
} from '../../../../engine/base/crypto/emv-cryptogram.ts';
import { createVirtualCard } from '../../../../terminal-adapter/virtual-card/virtual-card.ts';
import { countingRandom, testCard } from '../../../unit/terminal-adapter/virtual-card/test-card.ts';
import { loadVectors } from '../../vectors/load-vectors.ts';

type Steps = { readonly steps: readonly { readonly c: string; readonly r: string }[] };
const vectors = loadVectors<Steps, unknown>('apdu');

function stepsOf(id: string) {
  return vectors.find((vector) => vector.id === id)?.inputs.steps ?? [];
}

const card = () =>
  createVirtualCard(
    { ...testCard('sm4'), debit: testCard('3des').debit },
    { random: countingRandom() },
  );

test.each(['apdu-ssse-ef05', 'apdu-ssse-v2-pin', 'apdu-ssse-ef06-denied', 'apdu-ssse-pin'])(
  '%s',
  (id) => {
    const { transmit } = card();
    const steps = stepsOf(id);
    expect(steps.length).toBeGreaterThan(2);
    expect(steps.map(({ c }) => toHex(transmit(fromHex(c))))).toEqual(steps.map(({ r }) => r));
  },
);

test('apdu-pboc-online: PSE to EXTERNAL AUTHENTICATE', () => {
  const { transmit } = card();
  const steps = stepsOf('apdu-pboc-online').slice(0, -1);
  expect(steps.map(({ c }) => toHex(transmit(fromHex(c))))).toEqual(steps.map(({ r }) => r));
});

// The transcript closes with card verification results 0390..., which say "TC to the first GENERATE
// AC"; JR/T 0025 codes a TC to the second after an ARQC as 0360..., so the closing TC differs from
// it.
test('apdu-pboc-online: the closing TC is over the verification results of JR/T 0025', () => {
  const { transmit } = card();
  const steps = stepsOf('apdu-pboc-online');
  const answers = steps.map(({ c }) => toHex(transmit(fromHex(c))));
  const terminalData = fromHex((steps.at(-1)?.c ?? '').slice(14, -2));
  const udk = fromHex(testCard('3des').debit?.udk ?? '');
  const key = pbocSessionKey({ algorithm: '3des', udk, atc: fromHex('0001') });
  const data = new Uint8Array([...terminalData, ...fromHex('7C00000103600002')]);
  const tc = toHex(applicationCryptogram({ algorithm: '3des', key, data }));
  expect(answers.at(-1)).toBe(
    `772A9F2701409F360200019F2608${tc}9F101307010103600002010A010000000000AABBCCDD9000`,
  );
});

test('apdu-ssse-not-found: a card whose bank application is not activated', () => {
  const { transmit } = createVirtualCard(
    { ...testCard('sm4'), debit: undefined },
    { random: countingRandom() },
  );
  expect(toHex(transmit(fromHex('00A404000E315041592E5359532E444446303100')))).toBe('6A82');
  expect(toHex(transmit(fromHex('00A4040008A00000033301010100')))).toBe('6A82');
});
