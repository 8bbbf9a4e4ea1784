// Retail MAC (ISO/IEC 9797-1 algorithm 3) and field 64 of a UnionPay POS message.
import { describe, expect, test } from 'vitest';

import { fromHex, toHex } from '../../../../../engine/base/crypto/bytes.ts';
import { type MacPadding, retailMac } from '../../../../../engine/base/crypto/retail-mac.ts';
import { unionPayMac } from '../../../../../engine/base/crypto/unionpay-mac.ts';
import { loadVectors } from '../../../vectors/load-vectors.ts';

type RetailInputs = { data: string; padding: string } & (
  | { key: string; key1?: never; key2?: never }
  | { key?: never; key1: string; key2: string }
);

describe('retail MAC', () => {
  test.each(loadVectors<RetailInputs, { mac: string }>('mac-alg3'))(
    '$id',
    ({ inputs, expected }) => {
      const mac = retailMac({
        key: fromHex(inputs.key ?? inputs.key1 + inputs.key2),
        data: fromHex(inputs.data),
        padding: Number(inputs.padding) as MacPadding,
      });
      expect(toHex(mac)).toBe(expected.mac);
    },
  );
});

describe('UnionPay field 64', () => {
  test.each(
    loadVectors<{ key: string; data: string }, { mac: string; mac_ascii: string }>(
      'unionpay-ecb-mac',
    ),
  )('$id', ({ id, inputs, expected }) => {
    const algorithm = id.includes('sm4') ? 'sm4' : '3des';
    const mac = unionPayMac({ algorithm, key: fromHex(inputs.key), data: fromHex(inputs.data) });
    expect(toHex(mac)).toBe(expected.mac);
    expect(Buffer.from(mac).toString('latin1')).toBe(expected.mac_ascii);
  });
});
