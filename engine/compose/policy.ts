/**
 * The part of the composition root that binds packs and catalogues: for a running engine, and for the
 * commands that put new ones on record beside it.
 */

import { sameForAll } from '../../rules/bill-review/review-model.ts';
import { loadReviewRules } from '../../rules/bill-review/review-rules.ts';
import { loadCatalogues } from '../../rules/catalogues/catalogue-registry.ts';
import { lintPack } from '../../rules/lint/lint-pack.ts';
import { loadPacks } from '../../rules/packs/load-packs.ts';
import type { BillReview } from '../domain/settlement/bill-review.ts';
import { createBillReview, noBillReview } from '../domain/settlement/bill-review.ts';
import type { Policy } from '../domain/settlement/policy.ts';
import type { Around } from '../failpoints/names.ts';
import { openFailpoints } from '../failpoints/open.ts';
import { withReferenceFailpoints } from '../failpoints/wrap.ts';
import type { FlowLog, PolicySource } from '../flows/deps.ts';
import type { PackFileText, PackVerdict } from '../flows/policy/activate-packs.ts';
import { activatePacks } from '../flows/policy/activate-packs.ts';
import type { CatalogueSource } from '../flows/policy/catalogue-source.ts';
import { createCatalogueSource } from '../flows/policy/catalogue-source.ts';
import { createPolicySource } from '../flows/policy/policy-source.ts';
import type { CatalogueOrder } from '../flows/policy/store-catalogue.ts';
import { storeCatalogue } from '../flows/policy/store-catalogue.ts';
import { startReferenceJob } from '../jobs/reference-job.ts';
import type { Config } from '../ops/config.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import { StartupError } from '../ops/startup-error.ts';
import { migrate } from '../store/migrate.ts';
import type { ReferenceData } from '../store/reference/reference-data.ts';
import { openReferenceData } from '../store/reference/reference-data.ts';

export type OpenPolicy = {
  readonly policy: PolicySource;
  readonly catalogues: CatalogueSource;
  readonly checkBill: BillReview;
  close(): Promise<void>;
};

/** Packs and catalogues: shipped, activated and imported, and kept up to date while the engine runs. */
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
  // A bill must not be refused, or split as own-pay, because what rules it is still on its way.
  const isRead =
    (await policy.refresh()) &&
    // Once more if a catalogue was replaced in the midst of it.
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
  return { policy, catalogues, checkBill: billCheckOf(config), close };
}

/**
 * The provinces that have packs, by the first two digits of their region: a province whose first pack is
 * activated while the engine runs has cards that count from then on.
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

/** YIKATONG_BILL_CHECKS: what the findings of the shipped check rules do. */
function billCheckOf({ billChecks }: Config): BillReview {
  if (billChecks === 'off') return noBillReview;
  return createBillReview(
    loadReviewRules(),
    sameForAll(billChecks === 'refuse' ? 'refuse' : 'warn'),
  );
}

/**
 * Checks policy packs and puts them on record together; engines on the same database take them in.
 * @returns one verdict for each file; if one is refused, nothing was activated
 */
export async function activatePolicy(
  config: Config,
  files: readonly PackFileText[],
): Promise<readonly PackVerdict[]> {
  return withReferenceData(config, 'activate', ({ packs }) =>
    activatePacks(files, { shipped: loadPacks(), store: packs, lint: lintPack, now: now }),
  );
}

/** Puts a catalogue on record, and switches the region over to it when all of it is there. */
export async function installCatalogue(config: Config, order: CatalogueOrder): Promise<void> {
  return withReferenceData(config, 'import', ({ catalogues }) =>
    storeCatalogue(order, { store: catalogues, now: now }),
  );
}

async function withReferenceData<T>(
  config: Config,
  flow: 'activate' | 'import',
  use: (data: ReferenceData) => Promise<T>,
): Promise<T> {
  const work = async (databaseUrl: string): Promise<T> => {
    await migrate(databaseUrl);
    const { around } = openFailpoints(config) ?? {};
    const data = withReferenceFailpoints(openReferenceData(databaseUrl), flow, around);
    try {
      return await use(data);
    } finally {
      await data.close();
    }
  };
  return withDatabase(config, work, true);
}

const now = (): number => Date.now();
