/**
 * What a simulation consists of: one database, one bank, engines that come and go, counters, people
 * with cards.
 */

import type { TerminalId } from '../../../engine/base/ids/ids.ts';
import { createDecide } from '../../../engine/domain/decide.ts';
import { emptyAccumulator } from '../../../engine/domain/person/person.ts';
import type { Around } from '../../../engine/failpoints/names.ts';
import type { Reference, Terminal } from '../../../engine/ports/reference.ts';
import { accumulatorTable } from '../../../engine/store/tables/accumulator.ts';
import {
  ASPIRIN,
  BENIDIPINE,
  billOf,
  dongguanHospital,
  dongguanPharmacy,
  MORNING,
  policy,
  TOOTHPASTE,
  terminal,
} from '../../support/domain/builders.ts';
import { createMemoryStore } from '../../support/memory/memory-store.ts';
import { createStreams, type Random } from '../../support/random.ts';
import type { Auditor, AuditorOptions } from '../auditor/auditor.ts';
import { type Bank, createBank } from './bank.ts';
import { connectWire } from './bank-wire.ts';
import type { Purchase, SimCounter } from './counter.ts';
import { connectStore, type Database } from './database.ts';
import { newDisk } from './disk.ts';
import { type Engine, type EngineOptions, type Plant, startEngine } from './engine.ts';
import { createFaults, type Faults } from './faults.ts';
import { createHolders, type Holder, PIN, type SimCard } from './people.ts';
import type { Plan } from './plan.ts';
import { createProcess, createScheduler, kill, type Process, type Scheduler } from './scheduler.ts';
import { installVirtualTime } from './virtual-time.ts';

export type World = {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly streams: (name: string) => Random;
  readonly database: Database;
  readonly bank: Bank;
  readonly holders: readonly Holder[];
  readonly counters: readonly SimCounter[];
  readonly auditor: Auditor;
  /** Those that terminals may reach; the newest is last. Dead ones refuse. */
  readonly engines: {
    list: readonly Engine[];
    /** Every one that ever ran. */
    readonly all: Process[];
  };
  startEngine(): Engine;
  /** One that answers, picked by chance while there are two. */
  reach(): Engine;
  /** As the register has it now. */
  terminalOf(counter: SimCounter): Terminal;
  /**
   * The engine stands still for a while and another is started: when it wakes up there are two, for a
   * moment.
   */
  stall(engine: Process): void;
};

const YEAR = 2026;
const BEFORE_MIDNIGHT = Date.parse('2026-11-22T23:55:00+08:00');

export type WorldOptions = {
  readonly plan: Plan;
  readonly plant: Plant;
  readonly createAuditor: (options: AuditorOptions) => Auditor;
  readonly onTrace?: ((line: string) => void) | undefined;
  /** Failpoints of every engine. */
  readonly around?: Around;
};

export function createWorld(options: WorldOptions): World {
  const { plan, plant, createAuditor, onTrace, around } = options;
  installVirtualTime();
  const start = plan.start === 'morning' ? MORNING : BEFORE_MIDNIGHT;
  const scheduler = createScheduler(plan.seed, start, onTrace);
  const streams = createStreams(plan.seed);
  const faults = createFaults(plan.rates, streams);
  const decide = createDecide(() => policy, { refundOrder: () => plan.refundOrder });
  const database: Database = {
    memory: createMemoryStore(plant.decide?.(decide) ?? decide, plant.isUnchecked !== true),
    process: createProcess('database', 'database'),
    traces: { taken: 0 },
    exhaustedUntil: 0,
  };
  const bank = createBank({ scheduler, faults, random: streams('bank') });
  const holders = createHolders(plan);
  for (const { person, cards, counted } of holders) {
    database.memory.add(person, ...cards.map(({ medical }) => medical));
    const { key, scheme } = person;
    const accumulator = { ...emptyAccumulator({ key, year: YEAR, scheme }), amounts: counted };
    if (counted.size > 0)
      database.memory.accumulators.set(accumulatorTable.rowKey(accumulator), accumulator);
    for (const { pan, bankOpening } of cards) bank.issue({ pan, pin: PIN, balance: bankOpening });
  }
  const counters = createCounters(plan, holders, streams);
  const { memory } = database;
  const auditor = createAuditor({ scheduler, memory, bank, counters, holders, plan });
  const parts = { plan, scheduler, faults, streams, database, bank, holders, counters, auditor };
  const world: World = { ...parts, ...keepEngines(parts, { plant, around }) };
  scheduler.connect = (engine) =>
    connectWire(
      {
        scheduler,
        faults,
        random: streams('wire'),
        network: createProcess('network', 'network'),
        accept: bank.accept,
        bank: () => bank.process,
        isMute: () => bank.isMute,
        stall: world.stall,
      },
      engine,
    );
  return world;
}

type Keeping = Pick<World, 'engines' | 'startEngine' | 'reach' | 'terminalOf' | 'stall'>;
type Parts = Omit<World, keyof Keeping>;

/** Which engines there are. They share the register of terminals and the database. */
function keepEngines(parts: Parts, made: Pick<EngineOptions, 'plant' | 'around'>): Keeping {
  const { plan, scheduler, faults, streams, database, auditor } = parts;
  const { reference, terminalOf } = createRegister(plan);
  const random = streams('engines');
  const supervisor = createProcess('office', 'supervisor');
  let lives = 0;
  const keeping: Keeping = {
    engines: { list: [], all: [] },
    terminalOf,
    reach: () => random.pick(keeping.engines.list),
    startEngine() {
      const process = createProcess('engine', `engine-${++lives}`);
      keeping.engines.all.push(process);
      const events = {
        onCommit: auditor.committed,
        onRefused: auditor.refused,
        stall: keeping.stall,
      };
      const connection = { scheduler, faults, random: streams('store'), database, events };
      const store = connectStore({ ...connection, engine: process });
      const engine = startEngine({ scheduler, process, random, store, reference, ...made });
      const living = keeping.engines.list.filter((known) => known.process.isAlive);
      keeping.engines.list = [...living, engine];
      scheduler.trace(`${process.name} starts`);
      return engine;
    },
    stall(engine) {
      const isNewest = keeping.engines.list.at(-1)?.process === engine;
      if (!isNewest || engine.pausedUntil > scheduler.now() || faults.isOver) return;
      const stillMs = random.between(1_000, 120_000);
      engine.pausedUntil = scheduler.now() + stillMs;
      scheduler.trace(`${engine.name} stands still for ${stillMs}`);
      scheduler.after(stillMs + random.between(1, 40_000), supervisor, () => kill(engine));
      keeping.engines.list = [keeping.startEngine()];
    },
  };
  return keeping;
}

/** The terminals on record, as the engines' database has them. */
function createRegister(plan: Plan) {
  const terminals = new Map<string, Terminal>();
  for (let serial = 1; serial <= plan.terminals; serial++) {
    const name = nameOf(serial);
    const institution = institutionOf(serial, plan).code;
    terminals.set(name, terminal({ id: name, institution, bankTerminalId: `0000000${serial}` }));
  }
  const places = [dongguanPharmacy, dongguanHospital];
  const reference: Reference = {
    findTerminal: async (id) => terminals.get(id),
    findInstitution: async (code) => places.find((known) => known.code === code),
    acceptOnce: createOnceMemory(),
    saveTerminalSession: async () => undefined,
    ...createKeyRegister(terminals),
  };
  const terminalOf = ({ name }: SimCounter): Terminal => {
    const found = terminals.get(name);
    if (found === undefined) throw new Error('a counter is on record');
    return found;
  };
  return { reference, terminalOf };
}

/** Requests that all engines take once, as engine/store/reference/once-requests.ts keeps them. */
function createOnceMemory(): Reference['acceptOnce'] {
  const taken = new Set<string>();
  return async (id, { created, nonce }) => {
    const entry = `${id} ${created} ${nonce}`;
    if (taken.has(entry)) return 'seen';
    taken.add(entry);
    return 'new';
  };
}

/** The bank's keys of each terminal, as engine/store/reference/reference-store.ts keeps them. */
function createKeyRegister(
  terminals: Map<string, Terminal>,
): Pick<Reference, 'beginBankSignIn' | 'saveBankKeys'> {
  const begun = new Map<string, { readonly no: number; readonly at: number }>();
  return {
    async beginBankSignIn(id, { at, replaces }) {
      const last = begun.get(id) ?? { no: 0, at: 0 };
      const keysNo = terminals.get(id)?.bankKeys?.keysNo ?? 0;
      const isReplaced = replaces !== undefined && replaces.keysNo !== keysNo;
      if (isReplaced || Math.abs(at - last.at) < (replaces?.restMs ?? 0)) return undefined;
      begun.set(id, { no: last.no + 1, at });
      return last.no + 1;
    },
    async saveBankKeys(id, bankKeys) {
      const known = terminals.get(id);
      if (known !== undefined && (known.bankKeys?.keysNo ?? 0) < bankKeys.keysNo)
        terminals.set(id, { ...known, bankKeys });
      return terminals.get(id)?.bankKeys;
    },
  };
}

const nameOf = (serial: number) => `T44190000${String(serial).padStart(2, '0')}` as TerminalId;
/** Where later bills do not simply stand, all are hospitals: there funds pay, up to a cap. */
const institutionOf = (serial: number, { refundOrder }: Pick<Plan, 'refundOrder'>) =>
  serial % 3 === 0 || refundOrder !== 'keep' ? dongguanHospital : dongguanPharmacy;

function createCounters(
  plan: Plan,
  holders: readonly Holder[],
  streams: (name: string) => Random,
): readonly SimCounter[] {
  return Array.from({ length: plan.terminals }, (_, index): SimCounter => {
    const serial = index + 1;
    const name = nameOf(serial);
    const random = streams(`purchases ${name}`);
    const institution = institutionOf(serial, plan);
    const purchases = Array.from({ length: plan.salesPerTerminal }, (__, no) =>
      purchaseOf(
        serial * 100 + no,
        random,
        cardsFor(plan, holders),
        institution === dongguanPharmacy,
      ),
    );
    return {
      name,
      institution,
      disk: newDisk(name),
      random: streams(`counter ${name}`),
      purchases,
      process: createProcess('terminal', name),
      clockOffset: 0,
      lives: 0,
      isNewDay: false,
      isDone: false,
      bankPinKey: undefined,
    };
  });
}

/** Who comes to the counters: everybody, or one holder with one card or with two. */
function cardsFor({ crowd, seed }: Plan, holders: readonly Holder[]): readonly SimCard[] {
  const all = holders.flatMap(({ cards }) => cards);
  if (crowd === 'many') return all;
  const two = holders.find(({ cards }) => cards.length > 1);
  return crowd === 'one-account' && two !== undefined
    ? two.cards
    : all.slice(seed % 2, (seed % 2) + 1);
}

function purchaseOf(
  no: number,
  random: Random,
  cards: readonly SimCard[],
  isPharmacy: boolean,
): Purchase {
  const items = [BENIDIPINE, ASPIRIN, TOOTHPASTE].filter(() => random.chance(0.7));
  return {
    no,
    card: random.pick(cards),
    bill: billOf(items.length === 0 ? [ASPIRIN] : items, { careType: isPharmacy ? '41' : '11' }),
    useAccount: random.chance(0.9),
    tender: random.chance(0.8) ? 'bank-debit' : 'cash',
    keys: [],
    attempts: 0,
    isOver: false,
  };
}
