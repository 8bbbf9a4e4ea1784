/**
 * What goes wrong at some moment for some while: processes die, stand still or are two, clocks jump,
 * an office acts.
 */

import { toHex } from '../../../engine/base/crypto/bytes.ts';
import type { Card } from '../../../engine/domain/card/card.ts';
import { cardAccount } from '../../../engine/sandbox/bank-host/operations.ts';
import { yuan } from '../../support/domain/builders.ts';
import type { FaultKind } from './faults.ts';
import { createProcess, kill, type Process, type ProcessKind } from './scheduler.ts';
import type { World } from './world.ts';

type Trouble = (world: World) => void;

const PAY = yuan('5000.00');
const office: Process = createProcess('office', 'office');

const troubles: { readonly [kind in FaultKind]?: Trouble } = {
  'store.pool-exhausted': ({ scheduler, database, faults }) => {
    const ms = faults.of('store.pool-exhausted').between(500, 20_000);
    database.exhaustedUntil = scheduler.now() + ms;
  },
  'engine.dies': (world) => dieEngine(world, world.faults.of('engine.dies').between(10, 20_000)),
  'engine.pauses': (world) => {
    const engine = world.engines.list.at(-1)?.process;
    const ms = world.faults.of('engine.pauses').between(100, 90_000);
    if (engine !== undefined) engine.pausedUntil = world.scheduler.now() + ms;
  },
  'engine.two-at-once': (world) => {
    const older = world.engines.list.at(-1);
    world.startEngine();
    const ms = world.faults.of('engine.two-at-once').between(5_000, 60_000);
    world.scheduler.after(ms, office, () => {
      if (older === undefined || world.engines.list.at(-1) === older) return;
      kill(older.process);
      world.engines.list = world.engines.list.filter((engine) => engine !== older);
    });
  },
  'engine.clock-jumps': (world) => {
    for (const { process } of world.engines.list)
      process.clockOffset += jump(world, 'engine.clock-jumps');
  },
  'bank.away': ({ bank, scheduler, faults }) => {
    bank.isUp = false;
    scheduler.after(faults.of('bank.away').between(1_000, 60_000), office, () => {
      bank.isUp = true;
    });
  },
  'bank.mute': ({ bank, scheduler, faults }) => {
    bank.isMute = true;
    scheduler.after(faults.of('bank.mute').between(1_000, 60_000), office, () => {
      bank.isMute = false;
    });
  },
  'bank.dies': (world) => dieBank(world, world.faults.of('bank.dies').between(10, 20_000)),
  // It knows keys of a terminal that nobody else does: only a sign-in helps.
  'bank.loses-keys': ({ bank, faults, counters, terminalOf }) => {
    const random = faults.of('bank.loses-keys');
    const { bankTerminalId, bankMerchantId } = terminalOf(random.pick(counters));
    const newKey = () => toHex(random.bytes(16));
    for (let times = 1; times <= 2; times++)
      bank.books.setWorkKeys(bankTerminalId, bankMerchantId, { pik: newKey(), mak: newKey() });
  },
  'bank.clock-jumps': (world) => {
    world.bank.clockOffset += jump(world, 'bank.clock-jumps');
  },
  'terminal.dies': (world) => {
    const random = world.faults.of('terminal.dies');
    kill(random.pick(world.counters).process);
  },
  'terminal.clock-jumps': (world) => {
    const counter = world.faults.of('terminal.clock-jumps').pick(world.counters);
    counter.clockOffset += jump(world, 'terminal.clock-jumps');
    counter.process.clockOffset = counter.clockOffset;
  },
  'card.reported-lost': (world) => {
    const random = world.faults.of('card.reported-lost');
    const at = world.scheduler.now();
    const until = at + random.between(1_000, 90_000);
    const isOral = random.chance(0.6);
    setCard(
      world,
      pickCard(world, 'card.reported-lost'),
      isOral
        ? { status: 'oral-loss', oralLossUntil: until }
        : { status: 'written-loss', oralLossUntil: undefined },
    );
  },
  'card.listed': (world) => {
    const { memory } = world.database;
    const random = world.faults.of('card.listed');
    const { cardId } = pickCard(world, 'card.listed');
    const level = random.pick(['national', 'provincial', 'city'] as const);
    memory.list(cardId, [{ level, region: '441900', version: 1, reason: 'lost' }]);
    world.scheduler.after(random.between(1_000, 90_000), office, () => memory.list(cardId, []));
  },
};

const JUMPS_MS = [1_000, 5_000, 20_000, 45_000, 200_000, 3_600_000, 86_400_000];

/** There or back, at most as far as the plan says. */
function jump({ plan, faults }: World, kind: FaultKind): number {
  const random = faults.of(kind);
  const ms = random.pick(JUMPS_MS.filter((known) => known <= plan.widestJumpMs));
  return random.chance(0.5) ? -ms : ms;
}

/** Starts everything that the plan has switched on, and the deaths between two awaits. */
export function makeTrouble(world: World): void {
  const { scheduler, faults } = world;
  for (const [kind, act] of Object.entries(troubles) as [FaultKind, Trouble][]) {
    const next = (): void => {
      const pause = faults.pause(kind);
      if (pause === undefined) return;
      scheduler.after(pause, office, () => {
        if (faults.isOver) return;
        scheduler.trace(`trouble: ${kind}`);
        faults.count(kind);
        act(world);
        next();
      });
    };
    next();
  }
  keepOffice(world);
  scheduler.beforeEvent = (process) => dieAtAwait(world, process);
}

const deathAtAwait: { readonly [kind in ProcessKind]?: FaultKind } = {
  engine: 'engine.dies-at-await',
  bank: 'bank.dies-at-await',
  terminal: 'terminal.dies-at-await',
};

function dieAtAwait(world: World, process: Process): void {
  const kind = deathAtAwait[process.kind];
  if (kind === undefined || !world.faults.hits(kind)) return;
  const ms = world.faults.of(kind).between(10, 20_000);
  world.scheduler.trace(`${process.name} dies between two awaits`);
  if (process.kind === 'bank') dieBank(world, ms);
  else if (process.kind === 'engine') dieEngine(world, ms, process);
  else kill(process);
}

/** Kills an engine, the newest if none is named; another is started later unless there is one by then. */
export function dieEngine(world: World, restartMs: number, which?: Process): void {
  const process = which ?? world.engines.list.at(-1)?.process;
  if (process === undefined || !process.isAlive) return;
  kill(process);
  world.auditor.crashed();
  world.scheduler.after(restartMs, office, () => {
    if (world.engines.list.every((engine) => !engine.process.isAlive)) world.startEngine();
  });
}

function dieBank({ bank, scheduler }: World, restartMs: number): void {
  if (!bank.process.isAlive) return;
  kill(bank.process);
  scheduler.after(restartMs, office, bank.restart);
}

/** Unlocks PINs and gives reported cards back to their holders, now and then. */
function keepOffice(world: World): void {
  const { scheduler, streams, database, faults, auditor } = world;
  const random = streams('office');
  const open = (): void => {
    if (faults.isOver) return;
    for (const card of database.memory.cards.values()) {
      if (card.pinWrongTries >= 3 && random.chance(0.5)) {
        setCard(world, card, { pinWrongTries: 0 });
        auditor.unlocked(card.cardId);
      }
      if (card.status === 'written-loss' && random.chance(0.3))
        setCard(world, card, { status: 'active' });
    }
    scheduler.after(random.between(20_000, 60_000), office, open);
  };
  scheduler.after(30_000, office, open);
}

function pickCard({ faults, database }: World, kind: FaultKind): Card {
  return faults.of(kind).pick([...database.memory.cards.values()]);
}

function setCard({ database }: World, card: Card, change: Partial<Card>): void {
  database.memory.cards.set(card.cardId, { ...card, ...change });
}

/** All faults are over, everybody is there, all clocks are right, and it is payday. */
export function heal(world: World): void {
  const { faults, bank, database, engines, counters, scheduler } = world;
  faults.isOver = true;
  scheduler.beforeEvent = undefined;
  database.exhaustedUntil = 0;
  bank.isUp = true;
  bank.isMute = false;
  bank.clockOffset = 0;
  if (!bank.process.isAlive) bank.restart();
  // A void whose answer was lost is undone only when its money is still on the account, or again.
  for (const { pan } of world.holders.flatMap(({ cards }) => cards))
    bank.books.fund(cardAccount(pan), PAY);
  for (const { process } of engines.list) kill(process);
  if (!world.plan.isWakingLate) for (const process of engines.all) kill(process);
  world.startEngine();
  world.engines.list = world.engines.list.slice(-1);
  for (const counter of counters) {
    counter.clockOffset = 0;
    counter.process.clockOffset = 0;
    counter.isNewDay = true;
  }
}
