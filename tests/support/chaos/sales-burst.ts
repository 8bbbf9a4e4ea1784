import { expect, vi } from 'vitest';
import type { SettlementDocument, SettlementRequest } from '../../../engine/contract/settlement.ts';
import type { EngineResult } from '../../../terminal-adapter/client/engine-result.ts';
import type { Counter } from '../running-system/counter.ts';
import { codeOf, plainBill } from '../running-system/counter.ts';
import type { RunningSystem } from '../running-system/running-system.ts';

/** Rounds of the chaos tests: one when everybody runs them, CHAOS_ROUNDS for hours. */
const rounds = Number(process.env['CHAOS_ROUNDS'] ?? '1');

export const chaosRounds: readonly number[] = Array.from({ length: rounds }, (_, index) => index);

export type BurstSale = {
  readonly counter: Counter;
  readonly request: SettlementRequest;
  readonly result: EngineResult<SettlementDocument>;
};

/**
 * Cash sales from all counters at once, one person at each. In their midst, when `at` of them are answered,
 * `interrupt` does its harm. The people are enrolled before the first sale, so the harm cannot meet that.
 */
export async function sellInBurst(
  system: RunningSystem,
  counters: readonly Counter[],
  plan: { readonly count: number; readonly at: number; readonly interrupt: () => Promise<void> },
): Promise<readonly BurstSale[]> {
  const sales: BurstSale[] = [];
  let started = 0;
  const customers = await Promise.all(counters.map(() => system.enrol()));
  const loops = counters.map(async (counter, index) => {
    const customer = customers[index] as (typeof customers)[number];
    const bill = plainBill('1.00', counter.signedIn.businessDate);
    while (started++ < plan.count) {
      // A challenge that is not answered ends the loop: the engine is gone.
      const request = await counter.requestFor(customer, { bill }).catch(() => undefined);
      if (request === undefined) return;
      sales.push({ counter, request, result: await counter.client.settle(request) });
    }
  });
  await vi.waitFor(() => expect(sales.length).toBeGreaterThanOrEqual(plan.at), {
    timeout: 20_000,
    interval: 1,
  });
  await plan.interrupt();
  await Promise.all(loops);
  return sales;
}

/**
 * Every acknowledged sale stands with the bytes that the terminal holds; of the others those that were
 * refused are not there, and those that are unknown are answered once they are asked for again. There is
 * nothing beside them.
 */
export async function expectKept(
  system: RunningSystem,
  sales: readonly BurstSale[],
): Promise<void> {
  expect(sales.some(({ result }) => result.kind === 'approved')).toBe(true);
  const before = await storedKeys(system, sales);
  const lost: string[] = [];
  for (const { counter, request, result } of sales) {
    const { requestKey } = request;
    if (result.kind === 'declined' || result.kind === 'unreachable') {
      expect(before).not.toContain(requestKey);
      continue;
    }
    const again = await counter.client.settle(request);
    if (again.kind !== 'approved') {
      // It never arrived, and the card has been used since.
      expect([result.kind, codeOf(again)]).toEqual(['unknown', 'CHALLENGE_OVERTAKEN']);
      lost.push(requestKey);
      continue;
    }
    expect(again.isReplay).toBe(before.includes(requestKey));
    if (result.kind === 'approved') expect(again.certificate.body).toBe(result.certificate.body);
  }
  const expected = sales.filter(
    ({ result }) => result.kind === 'approved' || result.kind === 'unknown',
  );
  const kept = expected
    .map(({ request }) => request.requestKey)
    .filter((key) => !lost.includes(key));
  expect((await storedKeys(system, sales)).sort()).toEqual(kept.sort());
}

async function storedKeys(system: RunningSystem, sales: readonly BurstSale[]): Promise<string[]> {
  const keys = sales.map(({ request }) => request.requestKey);
  const stored = await system.query<{ key: string }>(
    'select request_key as key from settlement where request_key = any($1)',
    [keys],
  );
  return stored.map(({ key }) => key);
}
