/** Composition of packs and catalogues, for a running engine and for the commands that activate new ones. */
import { sameForAll } from '../../rules/bill-review/review-model.ts';
import { loadReviewRules } from '../../rules/bill-review/review-rules.ts';
import { loadCatalogues } from '../../rules/catalogues/catalogue-registry.ts';
import type { Catalogue } from '../../rules/model/catalogue.ts';
import { loadPacks } from '../../rules/packs/load-packs.ts';
import type { RefundOrders } from '../domain/refund/refund-order.ts';
import { allKept, parseRefundOrders } from '../domain/refund/refund-order.ts';
import type { BillRules } from '../domain/rulebook.ts';
import type { BillReview } from '../domain/settlement/bill-review.ts';
import { createBillReview, noBillReview } from '../domain/settlement/bill-review.ts';
import { parseCeilings } from '../domain/settlement/ceilings.ts';
import type { Policy } from '../domain/settlement/policy.ts';
import type { Around } from '../failpoints/names.ts';
import { openFailpoints } from '../failpoints/open.ts';
import { withReferenceFailpoints } from '../failpoints/wrap.ts';
import type { FlowLog, PolicySource } from '../flows/deps.ts';
import type { CatalogueSource } from '../flows/policy/catalogue-source.ts';
import { createCatalogueSource, readCatalogue } from '../flows/policy/catalogue-source.ts';
import { createPolicySource } from '../flows/policy/policy-source.ts';
import type { CatalogueOrder } from '../flows/policy/store-catalogue.ts';
import { storeCatalogue } from '../flows/policy/store-catalogue.ts';
import { startReferenceJob } from '../jobs/reference-job.ts';
import type { Config } from '../ops/config.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import { StartupError } from '../ops/startup-error.ts';
import { openReferenceData } from '../store/reference/reference-data.ts';
import { migrateOrTell } from './migrations.ts';

export type OpenPolicy = {
  readonly policy: PolicySource;
  readonly catalogues: CatalogueSource;
  readonly billRules: BillRules;
  close(): Promise<void>;
};

/**
 * Opens packs and catalogues: shipped, activated and imported ones. A job keeps them up to date.
 * @throws StartupError when they cannot be read
 */
export async function openPolicy(
  config: Config,
  databaseUrl: string,
  log: FlowLog,
  around?: Around,
): Promise<OpenPolicy> {
  const data = withReferenceFailpoints(openReferenceData(databaseUrl), 'packs', around);
  const policy = createPolicySource({ shipped: loadPacks(), store: data.packs, log });
  const shipped = loadCatalogues();
  const catalogues = createCatalogueSource({ shipped, store: data.catalogues, log });
  // Start only with all packs and catalogues: a missing one would refuse bills or make lines own-pay.
  const isRead =
    (await policy.refresh()) &&
    // The second attempt: a catalogue may be replaced while it is read.
    ((await catalogues.refresh()) || (await catalogues.refresh()));
  if (!isRead) {
    await data.close();
    throw new StartupError({
      code: 'DATABASE_NOT_REACHABLE',
      zh: '无法从数据库读取策略包与目录；请检查数据库后重新启动',
      en: 'Packs and catalogues could not be read; check the database and start again',
    });
  }
  const refresh = { policy: policy.refresh, catalogue: catalogues.refresh };
  const everyMs = config.policyPollMs;
  const stopJob = startReferenceJob({ store: data, refresh, log, everyMs });
  const close = async () => {
    await stopJob();
    await data.close();
  };
  return { policy, catalogues, billRules: createBillRules(config), close };
}

/**
 * Provinces with packs, by the first two digits of the region. A province is added when its first pack is
 * activated, also while the engine runs.
 */
export function createProvinces(policy: PolicySource): () => ReadonlySet<string> {
  let known: { readonly of: Policy; readonly provinces: ReadonlySet<string> } | undefined;
  return () => {
    const now = policy.current();
    if (known?.of !== now) {
      known = { of: now, provinces: new Set(now.packs.map(({ region }) => region.slice(0, 2))) };
    }
    return known.provinces;
  };
}

/** The checks of bills as the settings say. */
function createBillRules(config: Config): BillRules {
  const { duplicatePrescriptions } = config;
  const ceilings = parseCeilings(config.billCeilings);
  return { reviewBill: createConfiguredBillReview(config), duplicatePrescriptions, ceilings };
}

/** The bill review with the severity that YIKATONG_BILL_CHECKS sets. */
function createConfiguredBillReview({ billChecks }: Config): BillReview {
  if (billChecks === 'off') return noBillReview;
  return createBillReview(loadReviewRules(), sameForAll(billChecks));
}

/**
 * What YIKATONG_REFUND_ORDER sets for each insured region.
 * @throws StartupError when a region stands in it twice
 */
export function refundOrders({ refundOrder }: Config): RefundOrders {
  if (refundOrder === undefined) return allKept;
  const orders = parseRefundOrders(refundOrder);
  if (orders === undefined) {
    throw new StartupError({
      code: 'CONFIG_INVALID',
      zh: '环境变量 YIKATONG_REFUND_ORDER 中有统筹区重复',
      en: 'The variable YIKATONG_REFUND_ORDER names a region twice',
    });
  }
  return orders;
}

/** The catalogue that was imported for a region and first day, and is in force; undefined: there is none. */
export async function importedCatalogue(
  config: Config,
  { region, effectiveFrom }: { readonly region: string; readonly effectiveFrom: string },
): Promise<Catalogue | undefined> {
  const read = async (databaseUrl: string): Promise<Catalogue | undefined> => {
    await migrateOrTell(databaseUrl);
    const data = openReferenceData(databaseUrl);
    try {
      const active = (await data.catalogues.listActive()).find(
        (each) => each.region === region && each.effectiveFrom === effectiveFrom,
      );
      return active && (await readCatalogue(data.catalogues, active));
    } finally {
      await data.close();
    }
  };
  return withDatabase(config, read, true);
}

/** Stores a catalogue and then makes it the region's catalogue. */
export async function installCatalogue(config: Config, order: CatalogueOrder): Promise<void> {
  const work = async (databaseUrl: string): Promise<void> => {
    await migrateOrTell(databaseUrl);
    const { around } = openFailpoints(config) ?? {};
    const data = withReferenceFailpoints(openReferenceData(databaseUrl), 'import', around);
    try {
      await storeCatalogue(order, { store: data.catalogues, now: () => Date.now() });
    } finally {
      await data.close();
    }
  };
  return withDatabase(config, work, true);
}
