/**
 * Bad days from a seed: answers lost, doubled, forged and late, connections broken, in any mixture.
 * Each sale whose outcome is unknown is reversed until the bank has answered. Afterwards the bank's
 * books show for every sale its amount or nothing, and exactly what the engine was told.
 */
import { describe, expect, test } from 'vitest';
import { fen } from '../../../../../engine/base/money/fen.ts';
import type { FaultRates } from '../../../../../engine/sandbox/bank-host/fault-plan.ts';
import { createFaultPlan } from '../../../../../engine/sandbox/bank-host/fault-plan.ts';
import type { Bench } from './bank-bench.ts';
import { debitCard, netEffect, openBench, reversalOf, reverseToEnd } from './bank-bench.ts';

const rates: FaultRates = {
  'silent-before-posting': 0.06,
  'silent-after-posting': 0.06,
  slow: 0.06,
  late: 0.06,
  'bad-mac': 0.06,
  'wrong-amount': 0.06,
  'wrong-stan': 0.06,
  duplicate: 0.06,
  'drop-connection': 0.03,
  decline: 0.05,
};

type Told = 'approved' | 'declined' | 'reversed' | 'not-sent';

/** A sale as the engine carries it out: unknown is reversed, however long that takes. */
async function carryOut({ bank }: Bench, sale: ReturnType<Bench['nextSale']>): Promise<Told> {
  const outcome = await bank.sale(sale);
  if (outcome.kind !== 'unknown') return outcome.kind;
  await reverseToEnd(bank, reversalOf(bank, sale, outcome.reason === 'bad-mac' ? 'A0' : '98'));
  return 'reversed';
}

describe('whatever goes wrong, a sale moves its amount once or not at all', () => {
  test.each([1, 20261122, 4_242])('seed %i', async (seed) => {
    const bench = await openBench({ timeoutMs: 40 });
    bench.host.injectFaultsFromSeed(seed, rates, 50);
    const told: Told[] = [];
    const sales = Array.from({ length: 60 }, (_none, i) => bench.nextSale(fen(BigInt(i + 1))));
    for (let at = 0; at < sales.length; at += 10) {
      told.push(
        ...(await Promise.all(sales.slice(at, at + 10).map((sale) => carryOut(bench, sale)))),
      );
    }
    const moved = sales.map((sale) => netEffect(bench.host, sale));
    expect(moved).toEqual(sales.map(({ amount }, i) => (told[i] === 'approved' ? amount : 0n)));
    expect(new Set(told)).toContain('reversed');
    const sum = moved.reduce((total, amount) => total + amount, 0n);
    expect(bench.host.accountOf(debitCard.pan)?.balance).toBe(debitCard.balance - sum);
    expect([...bench.host.balances().values()].reduce((total, each) => total + each, 0n)).toBe(0n);
    await bench.close();
  });
});

test('the same seed makes the same bad day', () => {
  const day = (seed: number) => {
    const mood = createFaultPlan();
    mood.injectFaultsFromSeed(seed, rates);
    return Array.from({ length: 200 }, () => mood.nextFault('sale')?.kind);
  };
  expect(day(7)).toEqual(day(7));
  expect(day(7)).not.toEqual(day(8));
  expect(new Set(day(7)).size).toBe(Object.keys(rates).length + 1);
});
