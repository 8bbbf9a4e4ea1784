import { expect, vi } from 'vitest';
import type { EngineResult } from '../../terminal-adapter/client/engine-result.ts';
import type { SettlementDocument, SettleRequest } from '../../terminal-adapter/client/wire.ts';
import type { Counter } from './counter.ts';
import { codeOf, plainBill } from './counter.ts';
import type { World } from './world.ts';

/** Rounds of the chaos tests: one when everybody runs them, CHAOS_ROUNDS for a long night. */
const rounds = Number(process.env['CHAOS_ROUNDS'] ?? '1');

export const chaosRounds: readonly number[] = Array.from({ length: rounds }, (_, index) => index);

export type BurstSale = {
  readonly counter: Counter;
  readonly request: SettleRequest;
  readonly result: EngineResult<SettlementDocument>;
};

/**
 * Cash sales from all counters at once, one person at each. In their midst, when `at` of them are answered,
 * `strike` does its harm.
 */
export async function burst(
  world: World,
  counters: readonly Counter[],
  plan: { readonly count: number; readonly at: number; readonly strike: () => Promise<void> },
): Promise<readonly BurstSale[]> {
  const sales: BurstSale[] = [];
  let started = 0;
  const loops = counters.map(async (counter) => {
    const customer = await world.enrol();
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
  await plan.strike();
  await Promise.all(loops);
  return sales;
}

/**
 * Every acknowledged sale stands with the bytes that the terminal holds; every other one is made good by the
 * same request; and there is no settlement beside them.
 */
export async function expectKept(world: World, sales: readonly BurstSale[]): Promise<void> {
  expect(sales.some(({ result }) => result.kind === 'approved')).toBe(true);
  for (const { counter, request, result } of sales) {
    const again = await counter.client.settle(request);
    if (again.kind !== 'approved') throw new Error(`${codeOf(result)}, then ${codeOf(again)}`);
    if (result.kind !== 'approved') continue;
    expect(again.isReplay).toBe(true);
    expect(again.certificate.body).toBe(result.certificate.body);
  }
  const keys = sales.map(({ request }) => request.requestKey);
  const stored = await world.query<{ key: string }>(
    'select request_key as key from settlement where request_key = any($1)',
    [keys],
  );
  expect(stored.map(({ key }) => key).sort()).toEqual([...keys].sort());
}
