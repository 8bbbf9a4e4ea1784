/** Failpoints where packs are activated, catalogues imported, and a running engine takes both in. */
import { setImmediate as turn } from 'node:timers/promises';
import type { FailpointOrder, Failpoints } from '../../engine/failpoints/failpoints.ts';
import { createFailpoints } from '../../engine/failpoints/failpoints.ts';
import type { FailpointName } from '../../engine/failpoints/names.ts';
import { withReferenceFailpoints } from '../../engine/failpoints/wrap.ts';
import { activatePacks } from '../../engine/flows/policy/activate-packs.ts';
import { createCatalogueSource } from '../../engine/flows/policy/catalogue-source.ts';
import { createPolicySource } from '../../engine/flows/policy/policy-source.ts';
import { storeCatalogue } from '../../engine/flows/policy/store-catalogue.ts';
import { startReferenceJob } from '../../engine/jobs/reference-job.ts';
import { policy, catalogues as shippedCatalogues } from '../support/domain/builders.ts';
import { packWithoutAccount } from '../support/packs/pack-files.ts';
import { POLICY_MORNING } from '../support/packs/policy-table.ts';
import { createReferenceTables, type ReferenceTables } from './failpoint-tables.ts';

const PACK = { path: 'new.json', text: packWithoutAccount('2027-01-01') };
const PACK_ID = '441900/2027-01-01-employee-pharmacy';
const SHIPPED_ID = '441900/2022-12-01-employee-pharmacy';
const REGION = '999900';
/** So that items are read in two pages. */
const ITEMS = 201;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export type ReferenceReport = {
  readonly met: readonly FailpointName[];
  readonly fired: number;
  readonly violations: readonly string[];
};

/**
 * Activates a pack and imports a catalogue while an engine looks for both, each begun again whenever it is
 * broken off, until the engine serves by both.
 */
export async function runReference(orders: readonly FailpointOrder[]): Promise<ReferenceReport> {
  const tables = createReferenceTables();
  const met: FailpointName[] = [];
  const violations: string[] = [];
  let fired = 0;
  let engine: Engine | undefined;
  let died = Promise.withResolvers<'died'>();
  const failpoints = createFailpoints(orders, {
    // Nobody waits here for anything but the next turn.
    sleep: async () => void (await turn()),
    exit: () => {
      died.resolve('died');
      died = Promise.withResolvers();
    },
    onMet: (name) => met.push(name),
    onFire: () => {
      fired += 1;
    },
  });
  const insist = async (order: () => Promise<boolean>): Promise<void> => {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      // Taken first: it may die before it waits for anything.
      const death = died.promise;
      const tried = await Promise.race([order().catch(() => false), death]);
      if (tried === true) return;
    }
    violations.push('an order never came through');
  };
  await insist(() => activate(tables, failpoints));
  // Once more, by whoever lost the answer: it reads what is stored.
  await insist(() => activate(tables, failpoints));
  await insist(() => install(tables, failpoints));
  for (let looks = 0; looks < LOOKS_MAX && !isServing(engine); looks++) {
    const death = died.promise;
    engine ??= startEngine(tables, failpoints);
    const state = await Promise.race([turn('alive' as const), death]);
    const [catalogue] = engine.catalogues.current();
    if (catalogue?.regions.includes(REGION) && catalogue.items.size !== ITEMS)
      violations.push('a part of a catalogue is in force');
    if (state === 'died') engine = undefined;
  }
  if (!isServing(engine)) violations.push('the engine never took it in');
  if ((await tables.packs.listPacks()).length !== 1) violations.push('not one pack is on record');
  failpoints.release();
  await engine?.stop();
  return { met, fired, violations };
}

const ATTEMPTS_MAX = 20;
const LOOKS_MAX = 100_000;

async function activate(tables: ReferenceTables, { around }: Failpoints): Promise<boolean> {
  const { packs: store, readRevisions } = withReferenceFailpoints(tables, 'activate', around);
  const deps = { shipped: policy.packs, store, readRevisions, operator: undefined };
  const now = () => POLICY_MORNING;
  // Begun again after it was stored, it takes no more bills from anything.
  const isStored = (await tables.packs.listPacks()).length > 0;
  const order = { files: [PACK], replaces: isStored ? [] : [SHIPPED_ID], reason: undefined };
  const { verdicts } = await activatePacks(order, { ...deps, lint: () => [], now });
  const [verdict] = verdicts;
  return verdict?.verdict === 'activated' || verdict?.verdict === 'known';
}

async function install(tables: ReferenceTables, { around }: Failpoints): Promise<boolean> {
  const { catalogues } = withReferenceFailpoints(tables, 'import', around);
  const [like] = shippedCatalogues;
  if (like === undefined) throw new Error('catalogues ship');
  const items = new Map([...like.items].slice(0, ITEMS));
  const catalogue = { ...like, regions: [REGION], items };
  const order = { region: REGION, catalogue, digest: 'd', onProgress: () => undefined };
  await storeCatalogue(order, { store: catalogues, now: () => 1 });
  return true;
}

type Engine = ReturnType<typeof startEngine>;

function startEngine(tables: ReferenceTables, { around }: Failpoints) {
  const data = withReferenceFailpoints(tables, 'packs', around);
  const packs = createPolicySource({ shipped: policy.packs, store: data.packs, log });
  const catalogues = createCatalogueSource({
    shipped: shippedCatalogues,
    store: data.catalogues,
    log,
  });
  const refresh = { policy: packs.refresh, catalogue: catalogues.refresh };
  const stop = startReferenceJob({ store: data, refresh, log, everyMs: 1 });
  return { policy: packs, catalogues, stop };
}

function isServing(engine: Engine | undefined): boolean {
  if (engine === undefined) return false;
  const [first] = engine.catalogues.current();
  return (
    engine.policy.current().byId(PACK_ID) !== undefined && first?.regions.includes(REGION) === true
  );
}
