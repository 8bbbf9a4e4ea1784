/** A shop full of counters in a process of its own, with the journals on disk, so that it can be killed. */
import { once } from 'node:events';
import { sandboxKeyFolder } from '../../engine/sandbox/keys/sandbox-keys.ts';
import { DELIVERY_MS } from '../../terminal-adapter/agent/resume.ts';
import type { CounterPlan } from '../support/chaos/counter-plans.ts';
import { openChaosCustomers } from '../support/chaos/counter-plans.ts';
import type { SaleTold, ViolationTold } from '../support/chaos/seller.ts';
import { createSeller } from '../support/chaos/seller.ts';
import { createRandom } from '../support/random.ts';

export type ShopOrder = {
  readonly dataDir: string;
  readonly shop: number;
  readonly seed: number;
  readonly life: number;
  readonly counters: readonly {
    readonly plan: CounterPlan;
    readonly url: string;
    readonly otherUrls: readonly string[];
  }[];
};
export type ShopCommand = 'sell' | 'pause' | 'resolve';
export type ShopReport =
  | SaleTold
  | ViolationTold
  | { readonly told: 'open' | 'paused' }
  | { readonly told: 'resolved'; readonly open: number };

function tell(report: ShopReport): void {
  if (process.connected) process.send?.(report);
}

process.once('disconnect', () => process.exit());
const [order] = (await once(process, 'message')) as [ShopOrder];
const { dataDir, shop, seed, life } = order;
const customerOf = openChaosCustomers(sandboxKeyFolder(dataDir), life);
const sellers = order.counters.map(({ plan, url, otherUrls }, index) => {
  const random = createRandom(seed * 100_003 + shop * 10_007 + life * 101 + index);
  return createSeller({ plan, shop, dataDir, url, otherUrls, customerOf, random, tell });
});
let isPaused = true;
let selling: Promise<unknown> = Promise.resolve();

async function obey(command: ShopCommand): Promise<void> {
  switch (command) {
    case 'sell':
      isPaused = false;
      selling = Promise.all(sellers.map((seller) => seller.sell(() => isPaused)));
      return;
    case 'pause':
      isPaused = true;
      await selling;
      return tell({ told: 'paused' });
    case 'resolve': {
      // The deployment is quiet and its lines are cut: nothing that was sent can still arrive.
      const open = await Promise.all(sellers.map((seller) => seller.resolve(DELIVERY_MS + 1_000)));
      return tell({ told: 'resolved', open: open.reduce((sum, one) => sum + one, 0) });
    }
  }
}

process.on('message', (command) => {
  obey(command as ShopCommand).catch((error: unknown) => {
    tell({ told: 'violation', what: `a terminal failed: ${String(error)}` });
  });
});
tell({ told: 'open' });
