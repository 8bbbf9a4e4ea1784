import { describe, expect, test } from 'vitest';
import {
  makeSettlementId,
  type PersonNo,
  parseCardId,
  parseRequestKey,
  parseSettlementId,
  SHARD_COUNT,
  shardOf,
  shardOfSettlement,
} from '../../../../../engine/base/ids/ids.ts';

const AT = Date.parse('2026-11-22T10:00:00+08:00');
const bytes = (value: number) => new Uint8Array(10).fill(value);

describe('settlement id', () => {
  test('has the 28 characters of setl_id and names its shard', () => {
    for (let shard = 0; shard < SHARD_COUNT; shard++) {
      const id = makeSettlementId(shard, AT, bytes(0xa7));
      expect(id).toHaveLength(28);
      expect(parseSettlementId(id)).toBe(id);
      expect(shardOfSettlement(id)).toBe(shard);
    }
  });

  test('sorts by time within a shard, whatever the random part', () => {
    const times = [0, AT, AT + 1, AT + 31, AT + 32, AT + 86_400_000, AT + 40 * 365 * 86_400_000];
    const ids = times.map((time, index) => makeSettlementId(3, time, bytes(255 - index * 20)));
    expect(ids.toSorted()).toEqual(ids);
  });

  test('every random bit counts', () => {
    const ids = new Set<string>();
    for (let bit = 0; bit < 80; bit++) {
      const random = bytes(0);
      random[bit >> 3] = 1 << (bit & 7);
      ids.add(makeSettlementId(0, AT, random));
    }
    expect(ids.size).toBe(80);
  });

  test.each([
    '',
    '16',
    `16${'0'.repeat(26)}`,
    `00${'I'.repeat(26)}`,
    `00${'0'.repeat(25)}`,
    `00${'0'.repeat(27)}`,
  ])('is not %j', (text) => {
    expect(parseSettlementId(text)).toBeUndefined();
  });
});

describe('shardOf', () => {
  const shares = (numberOf: (serial: number) => string, count: number) => {
    const shares = new Array<number>(SHARD_COUNT).fill(0);
    for (let serial = 0; serial < count; serial++) {
      const shard = shardOf(numberOf(serial) as PersonNo);
      shares[shard] = (shares[shard] ?? 0) + 1;
    }
    return shares;
  };

  test.each([1, 2, 10, 16, 100])('spreads numbers that rise by %i over all shards', (step) => {
    const numberOf = (serial: number) =>
      String(44_190_000_000_000 + serial * step).padStart(26, '0');
    for (const share of shares(numberOf, 16_000)) {
      expect(share).toBeGreaterThan(800);
      expect(share).toBeLessThan(1200);
    }
  });

  test('never changes: rows are stored by it', () => {
    const numbers = ['44190000000000000000000001', '11000000000000000000000002', '1', ''];
    expect(numbers.map((number) => shardOf(number as PersonNo))).toEqual([4, 13, 12, 5]);
  });
});

describe('identifiers from outside', () => {
  test('a card id is 32 upper-case hex digits', () => {
    expect(parseCardId('441900D156000005FC1B2A6C00000001')).toBeDefined();
    expect(parseCardId('441900d156000005fc1b2a6c00000001')).toBeUndefined();
    expect(parseCardId('441900D156000005FC1B2A6C0000000')).toBeUndefined();
    expect(parseCardId('441900D156000005FC1B2A6C00000001\n')).toBeUndefined();
  });

  test('a request key is 16 to 40 plain characters', () => {
    expect(parseRequestKey('20261122-T01-0001')).toBeDefined();
    expect(parseRequestKey('short')).toBeUndefined();
    expect(parseRequestKey('a'.repeat(41))).toBeUndefined();
    expect(parseRequestKey("20261122' or 1=1 --")).toBeUndefined();
    expect(parseRequestKey('２０２６１１２２００００００００１')).toBeUndefined();
  });
});
