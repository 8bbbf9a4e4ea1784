/** Composition of the commands that change the packs in force, beside a running engine. */
import { lintPack } from '../../rules/lint/lint-pack.ts';
import { loadPacks } from '../../rules/packs/load-packs.ts';
import type { Result } from '../base/errors/result.ts';
import { openFailpoints } from '../failpoints/open.ts';
import { withReferenceFailpoints } from '../failpoints/wrap.ts';
import type { Activation, ActivationOrder } from '../flows/policy/activate-packs.ts';
import { activatePacks } from '../flows/policy/activate-packs.ts';
import { approveChange } from '../flows/policy/approve-change.ts';
import type { ListedPolicy } from '../flows/policy/list-policy.ts';
import { listPolicy } from '../flows/policy/list-policy.ts';
import type { Reason } from '../flows/policy/pack-text.ts';
import type { PolicyChangeDeps } from '../flows/policy/policy-state.ts';
import type { StoredChange, Withdrawal } from '../flows/policy/withdraw-pack.ts';
import { withdrawPack } from '../flows/policy/withdraw-pack.ts';
import type { Config } from '../ops/config.ts';
import { openReferenceData } from '../store/reference/reference-data.ts';
import { migrateOrTell } from './migrations.ts';
import type { Credentials } from './operator.ts';
import { readOperatorOrOwner, withLogin } from './operator.ts';

/** The database's settings, and the login under which it is changed; undefined: that of DATABASE_URL. */
export type PolicyOffice = {
  readonly config: Config;
  readonly credentials: Credentials | undefined;
};

/** Checks policy packs and stores them together; engines on the same database load them by themselves. */
export async function activatePolicy(
  office: PolicyOffice,
  order: ActivationOrder,
): Promise<Activation> {
  return withPolicy(office, (deps) => activatePacks(order, { ...deps, lint: lintPack }));
}

/** Withdraws a pack, or proposes to. */
export async function withdrawPolicy(
  office: PolicyOffice,
  withdrawal: Withdrawal,
): Promise<Result<StoredChange, Reason>> {
  return withPolicy(office, (deps) => withdrawPack(withdrawal, deps));
}

/** Approves a proposal under the login of a second operator. */
export async function approvePolicy(
  office: PolicyOffice,
  changeNo: number,
): Promise<Result<StoredChange, Reason>> {
  return withPolicy(office, (deps) => approveChange(changeNo, deps));
}

/** Which pack pays from when, and the changes. @param region undefined: all */
export async function readPolicyList(
  office: PolicyOffice,
  region: string | undefined,
): Promise<ListedPolicy> {
  return withPolicy(office, (deps) => listPolicy(region, deps));
}

async function withPolicy<T>(
  { config, credentials }: PolicyOffice,
  use: (deps: PolicyChangeDeps) => Promise<T>,
): Promise<T> {
  return withLogin(config, credentials, async (url) => {
    await migrateOrTell(url);
    const operator = await readOperatorOrOwner(url);
    const { around } = openFailpoints(config) ?? {};
    const data = withReferenceFailpoints(openReferenceData(url), 'activate', around);
    const { readRevisions, packs: store } = data;
    const now = () => Date.now();
    try {
      return await use({ shipped: loadPacks(), readRevisions, store, operator, now });
    } finally {
      await data.close();
    }
  });
}
