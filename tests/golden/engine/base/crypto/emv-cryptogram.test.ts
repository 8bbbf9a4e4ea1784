// Keys, ARQC and ARPC of the bank application: PBOC under 3DES and SM4, and the EMV values that
// other implementations publish, which anchor the parts that both share.
import { describe, expect, test } from 'vitest';
import { kcv } from '../../../../../engine/base/crypto/block-cipher.ts';
import { fromHex, toHex } from '../../../../../engine/base/crypto/bytes.ts';
import {
  applicationCryptogram,
  arpc,
  deriveUdk,
  emvCommonSessionKey,
  pbocSessionKey,
} from '../../../../../engine/base/crypto/emv-cryptogram.ts';
import { loadVectors } from '../../../vectors/load-vectors.ts';

type PbocInputs = { imk: string; pan: string; psn: string; atc: string; data: string; arc: string };
type PbocExpected = { udk: string; sk?: string; skParity?: string; arqc: string; arpc: string };

describe.each([
  ['3des', 'pboc-ac'],
  ['sm4', 'pboc-ac-sm4'],
] as const)('PBOC under %s', (algorithm, kind) => {
  test.each(loadVectors<PbocInputs, PbocExpected>(kind))('$id', ({ inputs, expected }) => {
    const udk = deriveUdk({
      algorithm,
      issuerMasterKey: fromHex(inputs.imk),
      pan: inputs.pan,
      panSequence: inputs.psn,
    });
    expect(toHex(udk)).toBe(expected.udk);
    const key = pbocSessionKey({ algorithm, udk, atc: fromHex(inputs.atc) });
    expect(toHex(key)).toBe(expected.sk ?? expected.skParity);
    const arqc = applicationCryptogram({ algorithm, key, data: fromHex(inputs.data) });
    expect(toHex(arqc)).toBe(expected.arqc);
    expect(toHex(arpc({ algorithm, key, arqc, arc: fromHex(inputs.arc) }))).toBe(expected.arpc);
  });
});

type EmvInputs = {
  imk: string;
  pan: string;
  psn: string;
  skMethod: string;
  r?: string;
  atc?: string;
  un?: string;
  data: string;
  padding: '80' | '00';
  arc?: string;
  arpcKey?: 'UDK';
};
type EmvExpected = {
  udk?: string;
  udkKcv?: string;
  sk?: string;
  skKcv?: string;
  arqc: string;
  arpc?: string;
};

function emvKeys(inputs: EmvInputs) {
  const { pan, psn, skMethod, atc } = inputs;
  const udk = deriveUdk({
    algorithm: '3des',
    issuerMasterKey: fromHex(inputs.imk),
    pan,
    panSequence: psn,
  });
  if (skMethod.startsWith('none')) return { udk, sk: udk };
  const r = inputs.r ?? (inputs.un === undefined ? `${atc}000000000000` : `${atc}0000${inputs.un}`);
  return { udk, sk: emvCommonSessionKey(udk, fromHex(r)) };
}

describe('EMV under 3DES', () => {
  test.each(loadVectors<EmvInputs, EmvExpected>('emv-ac'))('$id', ({ inputs, expected }) => {
    const { udk, sk } = emvKeys(inputs);
    const data = fromHex(inputs.data);
    const padding = inputs.padding === '80' ? 2 : 1;
    const arqc = applicationCryptogram({ algorithm: '3des', key: sk, data, padding });
    expect(toHex(arqc)).toBe(expected.arqc);
    if (expected.udkKcv) expect(toHex(kcv('3des', udk, 2))).toBe(expected.udkKcv);
    if (expected.skKcv) expect(toHex(kcv('3des', sk, 2))).toBe(expected.skKcv);
    if (inputs.arc !== undefined) {
      expect(toHex(arpc({ algorithm: '3des', key: udk, arqc, arc: fromHex(inputs.arc) }))).toBe(
        expected.arpc,
      );
    }
  });
});

type ArpcInputs = Omit<EmvInputs, 'data' | 'arpcKey'> & {
  arqc: string;
  arpcKey: 'UDK' | 'SK';
  method?: '2';
};

describe('ARPC method 1', () => {
  const vectors = loadVectors<ArpcInputs, { arpc: string }>('emv-arpc').filter(
    ({ inputs }) => inputs.method !== '2',
  );
  test.each(vectors)('$id', ({ inputs, expected }) => {
    const issuerMasterKey = fromHex(inputs.imk);
    const udk = deriveUdk({
      algorithm: '3des',
      issuerMasterKey,
      pan: inputs.pan,
      panSequence: inputs.psn,
    });
    const key = inputs.arpcKey === 'SK' ? emvCommonSessionKey(udk, fromHex(inputs.r ?? '')) : udk;
    const answer = arpc({
      algorithm: '3des',
      key,
      arqc: fromHex(inputs.arqc),
      arc: fromHex(inputs.arc ?? ''),
    });
    expect(toHex(answer)).toBe(expected.arpc);
  });
});
