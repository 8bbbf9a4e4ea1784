/**
 * Eleven published results that do not follow from the rule beside them: a deductible forgotten, a
 * digit swapped, a band counted twice. Goal: we give what the rule gives, not what was printed.
 * Method: settle the printed bill by the stated rule; where one slip of the page explains its
 * figures, settle the corrected bill, too, and find them.
 */
import { describe, expect, test } from 'vitest';
import { amounts, printed, readExamples } from './example.ts';

const examples = readExamples('published-but-wrong');

describe('by the stated rule', () => {
  test.each(examples)('$id: $shows', ({ bills, expected, recomputed = {} }) => {
    const ours = printed(bills);
    expect(ours).toEqual(amounts({ ...expected, ...recomputed }));
    const published = amounts(expected);
    const differing = Object.keys(ours).filter((figure) => ours[figure] !== published[figure]);
    expect(differing.sort()).toEqual(Object.keys(recomputed).sort());
    expect(differing).not.toEqual([]);
  });
});

describe('of the corrected bill', () => {
  const corrected = examples.filter((example) => example.corrected !== undefined);
  test.each(corrected)('$id: every printed figure', ({ corrected: bills = [], expected }) => {
    expect(printed(bills)).toEqual(amounts(expected));
  });
});

test('there are eleven', () => {
  expect(new Set(examples.map(({ id }) => id)).size).toBe(11);
});
