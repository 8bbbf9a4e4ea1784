import { expect, test } from 'vitest';
import { runRange } from './runner/run-range.ts';

const SEEDS = 400;

test(`${SEEDS} seeds, and everything comes about in them`, { timeout: 600_000 }, async () => {
  const { tally, failures } = await runRange(1, SEEDS);
  expect(failures).toEqual([]);

  // A simulation in which nothing happens proves nothing.
  expect([...tally.seen.keys()]).toEqual(
    expect.arrayContaining([
      'settlement posted cash',
      'settlement posted bank-debit',
      'settlement released bank-debit',
      'settlement refunded bank-debit',
      'leg sale declined',
      'leg sale not-sent',
      'leg sale reversed 98',
      'leg sale reversed A0',
      'leg sale reversed 06',
      'leg void approved',
      'leg void reversed 98',
      'leg refund approved 98',
      'leg refund declined',
      'answer PIN_WRONG',
      'answer PIN_LOCKED',
      'answer QUOTE_CHANGED',
      'answer CARD_LOST_ORAL',
    ]),
  );
  for (const [kind, count] of tally.faults)
    expect({ kind, count: count > 0 }).toEqual({ kind, count: true });
});
