import type { InstitutionCode } from '../../engine/base/ids/ids.ts';
import { fen } from '../../engine/base/money/fen.ts';
import { openFileKeystore } from '../../engine/ops/keystore/file-keystore.ts';
import type { Institution } from '../../engine/ports/reference.ts';
import { prepareSandboxKeys, sandboxKeyFolder } from '../../engine/sandbox/keys/sandbox-keys.ts';
import type { SandboxTerminal } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { sandboxTerminal } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import type { Population, PopulationPlan } from '../../engine/sandbox/seed/seed-population.ts';
import { describePopulation, seedPopulation } from '../../engine/sandbox/seed/seed-population.ts';
import { seedSandbox } from '../../engine/sandbox/seed/seed-sandbox.ts';
import { registerTerminal } from '../../engine/sandbox/seed/seed-terminals.ts';
import { migrate } from '../../engine/store/migrate.ts';
import type { SeedStore } from '../../engine/store/reference/seed-store.ts';
import { openSeedStore } from '../../engine/store/reference/seed-store.ts';
import type { CareType } from '../../rules/model/bill.ts';
import { vacuum } from './bench-database.ts';

/** Insured people, and counters at pharmacies (care type 41) and health centres (11). */
export type BenchPopulation = {
  readonly folder: string;
  readonly members: Population;
  /**
   * Ranges of member numbers: employees, employees with a bank account, residents (another fund).
   */
  readonly shoppers: Range;
  readonly bankCustomers: Range;
  readonly residents: Range;
  readonly counters: readonly BenchCounter[];
};

/** From `from` to before `to`. */
export type Range = { readonly from: number; readonly to: number };

export type BenchCounter = { readonly terminal: SandboxTerminal; readonly careType: CareType };

/** 100,000.00 yuan in every account, so that no account is ever empty. */
const BALANCE = fen(10_000_000n);
const HEALTH_CENTRES = 100;
const SHOPPERS_SHARE = 0.6;
const EMPLOYEES_SHARE = 0.7;
const RESIDENT_SCHEME = '390';
/** Above the serials that the sandbox gives to terminals and institutions. */
const FIRST_TERMINAL = 5_000;
const FIRST_INSTITUTION = 99_200;

/** `centres`: number of health centres, 100 if not given; there are half as many pharmacies. */
export type PopulationSize = { readonly people: number; readonly centres?: number };

function planOf({ people, centres = HEALTH_CENTRES }: PopulationSize): PopulationPlan {
  const sizes = { people, institutions: Math.ceil(centres / 2), terminals: 1 };
  return { ...sizes, accountBalance: BALANCE, bankBalance: BALANCE };
}

/** How many people and counters take part in the `mixed` load; these people belong to one fund. */
export function sizesOfMix(size: PopulationSize): {
  readonly people: number;
  readonly merchants: number;
} {
  const { institutions } = planOf(size);
  const merchants = institutions + healthCentres(size).length;
  return { people: Math.ceil(size.people * SHOPPERS_SHARE), merchants };
}

/** Describes the population in a process that has the key folder but no database. */
export function describeBenchPopulation(folder: string, size: PopulationSize): BenchPopulation {
  const { people } = size;
  const members = describePopulation(planOf(size), folder);
  const shoppers = Math.ceil(people * SHOPPERS_SHARE);
  const employees = Math.ceil(people * EMPLOYEES_SHARE);
  return {
    ...{ folder, members },
    shoppers: { from: 0, to: shoppers },
    bankCustomers: { from: shoppers, to: employees },
    residents: { from: employees, to: people },
    counters: [
      ...members.terminals.map((terminal) => ({ terminal, careType: '41' }) as const),
      ...centreTerminals(size).map((terminal) => ({ terminal, careType: '11' }) as const),
    ],
  };
}

/**
 * Migrates a fresh database, makes the keys, and puts the population on record: employees and residents of
 * Dongguan (the population's region), pharmacies and community health centres there, a terminal each.
 */
export async function seedBenchPopulation(
  databaseUrl: string,
  dataDir: string,
  size: PopulationSize,
): Promise<BenchPopulation> {
  await migrate(databaseUrl);
  const folder = sandboxKeyFolder(dataDir);
  const keys = openFileKeystore(prepareSandboxKeys(folder).engineKeys, { createIfMissing: false });
  const target = await openSeedStore(databaseUrl, keys.personalData);
  try {
    const employees = Math.ceil(size.people * EMPLOYEES_SHARE);
    // First: an engine in sandbox mode does not put its people among those of others.
    await seedSandbox({ target, keys, clock: { now: () => Date.now() }, folder });
    await seedPopulation(planOf(size), { target: withResidents(target, employees), keys, folder });
    await target.insertInstitutions(healthCentres(size));
    await target.insertTerminals(
      centreTerminals(size).map((terminal) => registerTerminal(terminal, { folder, keys })),
    );
    await vacuum(databaseUrl);
    return describeBenchPopulation(folder, size);
  } finally {
    await target.close();
  }
}

/** Seeding makes employees only; this turns those after the first `employees` into residents. */
function withResidents(target: SeedStore, employees: number): SeedStore {
  let inserted = 0;
  return {
    ...target,
    insertPersons: (persons) =>
      target.insertPersons(
        persons.map((person) => {
          inserted += 1;
          return inserted > employees ? { ...person, scheme: RESIDENT_SCHEME } : person;
        }),
      ),
  };
}

function healthCentres({ centres = HEALTH_CENTRES }: PopulationSize): Institution[] {
  return Array.from({ length: centres }, (_, i) => ({
    code: `H441900${FIRST_INSTITUTION + i}` as InstitutionCode,
    name: `测试社区卫生服务中心${i + 1}（压力测试）`,
    region: '441900',
    carePlace: { kind: 'hospital', level: 1, isCommunity: true },
  }));
}

function centreTerminals(size: PopulationSize): SandboxTerminal[] {
  return healthCentres(size).map(({ code }, i) =>
    sandboxTerminal({
      id: `LOAD-${FIRST_TERMINAL + i}`,
      institution: code,
      careTypes: ['11'],
      serial: FIRST_TERMINAL + i,
    }),
  );
}
