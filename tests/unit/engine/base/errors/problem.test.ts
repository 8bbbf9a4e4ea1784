import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { problemBody } from '../../../../../engine/base/errors/problem.ts';
import { Problem } from '../../../../../engine/contract/problem.ts';

test('a long detail is cut to what the contract allows', () => {
  const body = problemBody('BILL_LINE_MISMATCH', { detail: 'line '.repeat(200) });
  expect(body.detail).toHaveLength(480);
  expect(Value.Check(Problem, body)).toBe(true);
});

test('a problem without a detail has none', () => {
  expect(problemBody('BILL_LINE_MISMATCH')).not.toHaveProperty('detail');
});
