import { describe, expect, test } from 'vitest';
import { findOutdated } from '../../../../../engine/domain/invalid-list/list-age.ts';

const NOW = 10_000_000;
const city = { level: 'city', region: '441900', version: 3, issuedAt: NOW - 1_000 } as const;

describe('a list', () => {
  test.each([
    ['at its bound is current', 1_000, []],
    ['a millisecond later is outdated', 999, [{ level: 'city', region: '441900', ageMs: 1_000 }]],
    ['without a bound is never outdated', undefined, []],
  ])('%s', (_, bound, expected) => {
    const bounds = bound === undefined ? {} : { city: bound };
    expect(findOutdated([city], bounds, NOW)).toEqual(expected);
  });

  test('that has never come is outdated where its level has a bound', () => {
    const open = { ...city, version: -1 };
    const missing = [{ level: 'city', region: undefined, ageMs: undefined }];
    expect(findOutdated([open], { city: 1_000_000 }, NOW)).toEqual(missing);
    expect(findOutdated([], { national: 1 }, NOW)).toMatchObject([{ level: 'national' }]);
  });

  test('of two cities each has its own age', () => {
    const other = { ...city, region: '440100', issuedAt: NOW - 9_000 };
    expect(findOutdated([city, other], { city: 5_000 }, NOW)).toEqual([
      { level: 'city', region: '440100', ageMs: 9_000 },
    ]);
  });
});
