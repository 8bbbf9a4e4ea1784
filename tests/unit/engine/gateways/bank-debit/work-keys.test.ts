/** Work keys of a sign-in in the lengths that hosts send: which part is which, and who opens it. */
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../../../../engine/base/crypto/bytes.ts';
import { wrapWorkKeys } from '../../../../../engine/base/crypto/work-keys.ts';
import { createMacKeys } from '../../../../../engine/gateways/bank-debit/mac-keys.ts';
import { readWorkKeys } from '../../../../../engine/gateways/bank-debit/replies.ts';
import { createLinkKeys } from '../../../../../engine/ops/keystore/link-keys.ts';
import { unwrapKey } from '../../../../../terminal-adapter/client/unwrap-key.ts';

const masterKey = fromHex('0123456789ABCDEFFEDCBA9876543210');
const keys = {
  pik: fromHex('1C2C3E4F516173839404A7B6C8D9EAFB'),
  mak: fromHex('2332455467768998ABBACDDCEFFE0110'),
  tdk: fromHex('0123456789ABCDEF0123456789ABCDEF'),
};

function field62(kcvBytes: 3 | 4, count: 2 | 3): string {
  const tdk = count === 3 ? keys.tdk : undefined;
  return toHex(wrapWorkKeys({ algorithm: '3des', masterKey, kcvBytes }, { ...keys, tdk }));
}

const signInAnswer = (field: string) =>
  ({ kind: 'reply', message: { mti: '0810', fields: { 39: '00', 62: field } } }) as const;

const sent: readonly (readonly [number, string])[] = [
  [40, field62(4, 2)],
  [60, field62(4, 3)],
  [38, field62(3, 2)],
  [57, field62(3, 3)],
  // The third key without its check value.
  [56, field62(4, 3).slice(0, 112)],
];

test.each(sent)('field 62 of %i bytes', async (length, field) => {
  expect(field).toHaveLength(2 * length);
  const read = readWorkKeys(signInAnswer(field));
  if (!read.ok) throw new Error(read.error.kind);
  const { pinKeyBlob, macKeyBlob } = read.value;
  const macKeys = createMacKeys(createLinkKeys({ algorithm: '3des', linkKey: masterKey }));
  expect((await macKeys.install('10000001', { keysNo: 1, macKeyBlob })).ok).toBe(true);
  expect(macKeys.of('10000001')?.key).toEqual(keys.mak);
  expect(unwrapKey({ algorithm: '3des', masterKey, wrapped: pinKeyBlob })).toEqual(keys.pik);
});

test.each([0, 39, 41, 48, 58, 64])('field 62 of %i bytes is not keys', (length) => {
  const read = readWorkKeys(signInAnswer('00'.repeat(length)));
  expect(read).toEqual({ ok: false, error: { kind: 'bad-keys' } });
});

test('a wrong check value of three bytes is found', async () => {
  const macKeys = createMacKeys(createLinkKeys({ algorithm: '3des', linkKey: masterKey }));
  const macKeyBlob = `${field62(3, 2).slice(38, -2)}00`;
  expect((await macKeys.install('10000001', { keysNo: 1, macKeyBlob })).ok).toBe(false);
  expect(macKeys.of('10000001')).toBeUndefined();
});
