import { expect, test } from 'vitest';
import { causeOf } from '../../../../../engine/base/errors/cause-of.ts';

test.each([
  [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  [new Error('away', { cause: Object.assign(new Error('x'), { code: '57P01' }) }), '57P01'],
  [new AggregateError([Object.assign(new Error('x'), { code: 'ETIMEDOUT' })]), 'ETIMEDOUT'],
  [new TypeError('测试甲 110101199003070011'), 'TypeError'],
  ['a text', 'unknown'],
])('%o is logged as %s', (error, code) => {
  expect(causeOf(error)).toBe(code);
});
