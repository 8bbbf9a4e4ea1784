// Field 62 of the sign-in answer: the keys come out only if their check values are right.
import { expect, test } from 'vitest';

import { fromHex, toHex } from '../../../../../engine/base/crypto/bytes.ts';
import {
  unwrapWorkKeys,
  type WorkKeyLayout,
  wrapWorkKeys,
} from '../../../../../engine/base/crypto/work-keys.ts';
import { loadVectors } from '../../../vectors/load-vectors.ts';

type Expected = { pik: string; mak: string; error?: never } | { error: string };

test.each(loadVectors<{ tmk: string; field62: string }, Expected>('workkey'))(
  '$id',
  ({ inputs, expected }) => {
    const layout: WorkKeyLayout = {
      algorithm: '3des',
      masterKey: fromHex(inputs.tmk),
      kcvBytes: 4,
    };
    const keys = unwrapWorkKeys(layout, fromHex(inputs.field62));
    if (expected.error !== undefined) {
      expect(keys).toEqual({ ok: false, error: 'WORK_KEYS_PIK_CHECK' });
      return;
    }
    const { pik, mak } = expected;
    expect(keys).toEqual({
      ok: true,
      value: { pik: fromHex(pik), mak: fromHex(mak), tdk: undefined },
    });
    if (keys.ok) expect(toHex(wrapWorkKeys(layout, keys.value))).toBe(inputs.field62);
  },
);
