import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromExactJson, toExactJson } from '../../../../../engine/store/reference/exact-json.ts';

/** Names that a type of ours can have: none begins with "$". */
const name = fc.string().filter((text) => !text.startsWith('$') && text !== '__proto__');
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt(),
    fc.array(tie('value')),
    fc.array(fc.tuple(name, tie('value'))).map((entries) => new Map(entries)),
    fc.array(fc.string()).map((entries) => new Set(entries)),
    fc.dictionary(name, tie('value'), { noNullPrototype: true }),
  ),
}));

test('bigints, maps and sets survive being stored as JSON', () => {
  fc.assert(
    fc.property(value, (given) => {
      const text = JSON.stringify(toExactJson({ given }));
      expect(fromExactJson(JSON.parse(text) as object)).toStrictEqual({ given });
    }),
  );
});

test('what is undefined is left out', () => {
  expect(toExactJson({ limitText: undefined, priceLimitE6: new Map([['2', 5n]]) })).toEqual({
    priceLimitE6: { $map: [['2', { $n: '5' }]] },
  });
});
