/**
 * Sales whose bank leg is open, in a real database, and engines that share it; the bank is the test's
 * own.
 */
import { afterEach, beforeEach } from 'vitest';
import type { CardId, PersonNo } from '../../../../engine/base/ids/ids.ts';
import { makeSettlementId, shardOf } from '../../../../engine/base/ids/ids.ts';
import type { Command } from '../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../engine/domain/decide.ts';
import type { BankLeg } from '../../../../engine/domain/leg/bank-leg.ts';
import type { SettleBill } from '../../../../engine/domain/settlement/settle-bill.ts';
import type { FlowDeps } from '../../../../engine/flows/deps.ts';
import type { Bank } from '../../../../engine/ports/bank.ts';
import type { Executed } from '../../../../engine/ports/store.ts';
import { createStore } from '../../../../engine/store/create-store.ts';
import { openSeedStore } from '../../../../engine/store/reference/seed-store.ts';
import {
  bankDebit,
  card,
  MORNING,
  person,
  policy,
  settleBill,
} from '../../../support/domain/builders.ts';
import { flowDeps } from '../../../support/flows/flow-deps.ts';
import { testPersonalData } from '../../../support/flows/test-keys.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { query } from '../store/toy-store.ts';

export const LEASE_MS = 40_000;
/** When the reservations of the sales are over. */
export const LATER = MORNING + 90_000;

export type Engine = FlowDeps & { readonly store: ReturnType<typeof createStore<Command>> };

/** Gives each test of a file a database; engines that it starts are stopped. */
export function openBankLegs() {
  let database: TestDatabase;
  let engines: Engine[] = [];
  const fixture = {
    now: LATER,
    logged: [] as string[],
    url: () => database.url,
    engine(bank: Partial<Bank> = {}): Engine {
      const engine = buildEngine(database.url, fixture, bank);
      engines.push(engine);
      return engine;
    },
    /** Reserves so many sales, each of another person; their requests died. */
    async reserve(count: number): Promise<readonly SettleBill[]> {
      const sales = Array.from({ length: count }, (_, serial) => saleOf(serial));
      const seed = await openSeedStore(database.url, testPersonalData);
      await seed.insertPersons(sales.map(({ key }) => person({ key })));
      await seed.insertCards(sales.map(({ key, cardId }) => card({ key, cardId })));
      await seed.close();
      const engine = fixture.engine();
      for (const sale of sales) await run(engine, sale);
      return sales;
    },
    legs: (engine: Engine): Promise<readonly BankLeg[]> =>
      engine.store.dueBankLegs(fixture.now, 100),
    async leg(engine: Engine, sale: SettleBill, legNo = 0): Promise<BankLeg> {
      const facts = await engine.store.readSettlement(sale.settlementId);
      const leg = facts?.bankLegs.find((known) => known.legNo === legNo);
      if (leg === undefined) throw new Error('there is such a leg');
      return leg;
    },
    query: (text: string) => query(database.url, text),
  };
  beforeEach(async () => {
    database = await createTestDatabase();
    fixture.now = LATER;
    fixture.logged = [];
  });
  afterEach(async () => {
    await Promise.all(engines.map(({ store }) => store.close()));
    engines = [];
    await database.drop();
  });
  return fixture;
}

/** Carries a command out, or fails the test. */
export async function run(engine: Engine, command: Command): Promise<Executed> {
  const result = await engine.store.execute(command);
  if (!result.ok) throw new Error(`${command.type}: ${result.error.kind}`);
  return result.value;
}

function saleOf(serial: number): SettleBill {
  const personNo = `4419000000000000000000${String(serial).padStart(4, '0')}` as PersonNo;
  const key = { shard: shardOf(personNo), personNo };
  const cardId = `441900D156000005FC1B2A6C0000${String(serial).padStart(4, '0')}` as CardId;
  const random = new Uint8Array(10).fill(serial);
  return settleBill({
    name: `sale-${serial}`,
    key,
    cardId,
    settlementId: makeSettlementId(key.shard, MORNING, random),
    presented: { ...settleBill().presented, cardId },
    useAccount: false,
    tender: bankDebit('40.68', { stan: serial + 1 }),
  });
}

function buildEngine(
  url: string,
  fixture: { readonly now: number; readonly logged: string[] },
  bank: Partial<Bank>,
): Engine {
  const store = createStore({
    url,
    decide: createDecide(() => policy),
    now: () => performance.now(),
    log: () => undefined,
  });
  const write = (event: string, data: object) =>
    void fixture.logged.push(`${event} ${JSON.stringify(data)}`);
  const parts = flowDeps({ store });
  return {
    ...parts,
    store,
    bank: { ...parts.bank, ...bank },
    environment: { ...parts.environment, now: () => fixture.now },
    keys: { ...parts.keys, open: () => Buffer.from('{}') },
    reference: { ...parts.reference, findTerminal: async () => undefined },
    settings: { ...parts.settings, reservationMs: LEASE_MS },
    log: { info: write, warn: write, error: write },
  };
}
