import { describe, expect, test } from 'vitest';
import type { CardId, TerminalId } from '../../../../../engine/base/ids/ids.ts';
import { makeChallenge, readChallenge } from '../../../../../engine/flows/card/challenge.ts';
import { createStampSource } from '../../../../../engine/flows/card/issue-challenge.ts';
import { card, MORNING, terminal } from '../../../../support/domain/builders.ts';
import { createTestKeys } from '../../../../support/flows/test-keys.ts';

const keys = createTestKeys();
const binding = { terminalId: terminal().id, cardId: card().cardId, totalAmount: '40.68' };
const random = Uint8Array.from({ length: 16 }, (_, index) => index * 7);
const { token, challenge } = makeChallenge(keys, binding, MORNING * 1000, random);

test('our own token gives back stamp, factor and source', () => {
  const read = readChallenge(keys, binding, token);
  expect(read?.stamp).toBe(MORNING * 1000);
  expect(Buffer.from(read?.factor ?? [])).toEqual(Buffer.from(random.subarray(0, 8)));
  expect(Buffer.from(read?.source ?? [])).toEqual(Buffer.from(random.subarray(8)));
  expect(challenge.stamp).toBe(MORNING * 1000);
});

describe('is nobody else’s', () => {
  test.each([
    ['another terminal', { terminalId: 'T4419000002' as TerminalId }],
    ['another card', { cardId: '441900D156000005FC1B2A6C00000002' as CardId }],
    ['another amount', { totalAmount: '40.69' }],
    ['the same amount in other digits', { totalAmount: '040.68' }],
  ])('%s', (_, change) => {
    expect(readChallenge(keys, { ...binding, ...change }, token)).toBeUndefined();
  });

  test('parts of the binding cannot be moved from one to the next', () => {
    const moved = {
      terminalId: `${binding.terminalId}\n${binding.cardId}` as TerminalId,
      cardId: '' as CardId,
    };
    expect(readChallenge(keys, { ...binding, ...moved }, token)).toBeUndefined();
  });

  test('altered in any bit of any byte', () => {
    const bytes = Buffer.from(token, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Buffer.from(bytes);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(readChallenge(keys, binding, altered.toString('base64url'))).toBeUndefined();
    }
  });

  test.each([0, 1, 32, 53])('cut to %i characters, or longer', (length) => {
    expect(readChallenge(keys, binding, token.slice(0, length))).toBeUndefined();
    expect(readChallenge(keys, binding, `${token}AAAA`)).toBeUndefined();
  });
});

describe('stamps', () => {
  test('rise strictly, also while the clock stands still or steps back', () => {
    const times = [MORNING, MORNING, MORNING - 30_000, MORNING + 1, MORNING + 1];
    const next = createStampSource(() => times.shift() ?? MORNING);
    const stamps = Array.from({ length: 5 }, () => next());
    expect(stamps).toEqual(
      [0, 1, 2, 1000, 1001].map((microseconds) => MORNING * 1000 + microseconds),
    );
  });

  test('follow a clock that was an hour ahead back to the right time', () => {
    const times = [MORNING + 3_600_000, MORNING, MORNING];
    const next = createStampSource(() => times.shift() ?? MORNING);
    const stamps = [next(), next(), next()].map((stamp) => stamp - MORNING * 1000);
    expect(stamps).toEqual([3_600_000_000, 0, 1]);
  });
});
