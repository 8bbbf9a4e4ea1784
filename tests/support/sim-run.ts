/** One simulated stretch of business: faults for a while, then healing, then the check. */
import { MORNING } from './domain/builders.ts';
import { checkEverything, createCheckLog } from './sim-check.ts';
import { createScheduler } from './sim-scheduler.ts';
import { workAt } from './sim-terminal.ts';
import { createSimWorld, type Plant, type SimWorld } from './sim-world.ts';

export type SimReport = {
  readonly seed: number;
  readonly violations: readonly string[];
  /** Of everything that happened: the same seed gives the same hash. */
  readonly hash: string;
  /** How often each thing came about, so that a run in which nothing happens is noticed. */
  readonly seen: ReadonlyMap<string, number>;
};

const TROUBLE_MS = 6 * 60_000;
/** Longer than every limit, deadline and pause between attempts. */
const HEALING_MS = 10 * 60_000;
/** Some runs cross midnight: then a refund is not a void any more. */
const BEFORE_MIDNIGHT = Date.parse('2026-11-22T23:55:00+08:00');

export async function runSimulation(
  seed: number,
  plant: Plant = {},
  onTrace?: (line: string) => void,
): Promise<SimReport> {
  const scheduler = createScheduler(seed, seed % 3 === 0 ? BEFORE_MIDNIGHT : MORNING, onTrace);
  const log = createCheckLog();
  const world = createSimWorld(scheduler, log, plant);
  const counters = new Map<string, number>();
  for (const terminal of world.terminals) void workAt(world, log, terminal, { sales: 5, counters });
  makeTrouble(world, (cardId) => log.unlocked(cardId));
  await scheduler.runUntil(scheduler.now() + TROUBLE_MS);
  heal(world);
  await scheduler.runUntil(scheduler.now() + HEALING_MS);
  checkEverything(world, log);
  return { seed, violations: [...log.violations], hash: scheduler.hash(), seen: countSeen(world) };
}

/** Engines die, stand still and are replaced; the bank goes away and comes back; an office unlocks PINs. */
function makeTrouble(world: SimWorld, onUnlock: (cardId: string) => void): void {
  const { scheduler, database, host } = world;
  const { random } = scheduler;
  const chaos = { name: 'chaos', isAlive: true, pausedUntil: 0 };
  const unlock = (): void => {
    for (const card of database.memory.cards.values()) {
      if (card.pinWrongTries < 3) continue;
      database.memory.cards.set(card.cardId, { ...card, pinWrongTries: 0 });
      onUnlock(card.cardId);
    }
  };
  const troubles = [
    () => {
      world.engine.process.isAlive = false;
      scheduler.after(random.between(10, 20_000), chaos, () => world.startEngine());
    },
    () => {
      world.engine.process.pausedUntil = scheduler.now() + random.between(100, 90_000);
    },
    () => world.replaceWhileStalled(world.engine.process),
    () => {
      host.isUp = false;
      scheduler.after(random.between(1_000, 60_000), chaos, () => {
        host.isUp = true;
      });
    },
    () => {
      host.isMute = true;
      scheduler.after(random.between(1_000, 60_000), chaos, () => {
        host.isMute = false;
      });
    },
    unlock,
  ];
  const next = (): void => {
    if (!database.isFaulty) return;
    scheduler.trace('trouble');
    random.pick(troubles)();
    scheduler.after(random.between(2_000, 60_000), chaos, next);
  };
  scheduler.after(random.between(1_000, 30_000), chaos, next);
}

function heal(world: SimWorld): void {
  world.database.isFaulty = false;
  world.host.isFaulty = false;
  world.host.isUp = true;
  world.host.isMute = false;
  world.engine.process.isAlive = false;
  world.startEngine();
}

function countSeen({ database, host }: SimWorld): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  const count = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1);
  };
  const { settlements, bankLegs, refunds, requests } = database.memory;
  for (const { state, tender } of settlements.values()) count(`settlement ${state} ${tender}`);
  for (const { kind, state } of bankLegs.values()) count(`leg ${kind} ${state}`);
  for (const { state } of refunds.values()) count(`refund ${state}`);
  for (const { answer } of requests.values()) count(`answer ${answer?.code ?? 'approved'}`);
  for (const { kind, code } of host.bookings.values()) count(`host ${kind} ${code}`);
  return seen;
}
