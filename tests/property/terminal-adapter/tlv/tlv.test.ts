// Whatever is encoded is read back the same, and no bytes at all can make the parser throw.
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { concatBytes, fromHex } from '../../../../engine/base/crypto/bytes.ts';
import { encodeTlv, parseTlv, type Tlv } from '../../../../terminal-adapter/tlv/tlv.ts';

const primitiveTag = fc.constantFrom('5A', '82', '9A', '9F26', '5F2A', 'DF810C', '9F8101');
const templateTag = fc.constantFrom('6F', 'A5', '70', '77', 'BF0C');

const tree = fc.letrec<{ node: Tlv }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    fc.record({
      tag: primitiveTag,
      value: fc.uint8Array({ maxLength: 300 }),
      children: fc.constant([]),
    }),
    fc
      .record({ tag: templateTag, children: fc.array(tie('node'), { maxLength: 4 }) })
      .map(({ tag, children }) => ({
        tag,
        value: concatBytes(...children.map(encodeNode)),
        children,
      })),
  ),
})).node;

function encodeNode(node: Tlv): Uint8Array {
  return encodeTlv(node.tag, node.value);
}

test('parse of encode gives the tree back, with or without filler of 00 or FF', () => {
  const filled = fc.tuple(fc.nat(3), fc.constantFrom(0x00, 0xff));
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 4 }), filled, (nodes, [fillers, byte]) => {
      const filler = new Uint8Array(fillers).fill(byte);
      const bytes = concatBytes(filler, ...nodes.flatMap((node) => [encodeNode(node), filler]));
      expect(parseTlv(bytes)).toEqual({ ok: true, value: nodes });
    }),
  );
});

test('the filler of a card in the field', () => {
  const parsed = parseTlv(fromHex('700C5F340101FFFFFF9F57020840'));
  const tags = parsed.ok ? parsed.value[0]?.children.map(({ tag }) => tag) : parsed.error;
  expect(tags).toEqual(['5F34', '9F57']);
});

test('any bytes are either read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(typeof parseTlv(bytes).ok).toBe('boolean');
    }),
  );
});
