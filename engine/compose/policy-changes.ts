/** Composition of the commands that change the packs in force, beside a running engine. */
import { lintPack } from '../../rules/lint/lint-pack.ts';
import { loadPacks } from '../../rules/packs/load-packs.ts';
import type { Result } from '../base/errors/result.ts';
import { ok } from '../base/errors/result.ts';
import { WHOLE_COUNTRY } from '../domain/principal/principal.ts';
import { isRegionCode } from '../domain/principal/region.ts';
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
import { actAs, permit } from '../flows/principal/act.ts';
import type { Config } from '../ops/config.ts';
import type { PolicyStep } from '../ports/reference-data.ts';
import { openReferenceData } from '../store/reference/reference-data.ts';
import type { Actor } from './actor.ts';
import { refusedAs, withActor } from './actor.ts';
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
  const evidence = order.reason ?? order.files.map(({ path }) => path).join(', ');
  const act = { regions: order.files.map(({ text }) => regionOfPack(text)), evidence };
  return withPolicyAct(office, act, (deps) => activatePacks(order, { ...deps, lint: lintPack }));
}

/** Withdraws a pack, or proposes to. */
export async function withdrawPolicy(
  office: PolicyOffice,
  withdrawal: Withdrawal,
): Promise<Result<StoredChange, Reason>> {
  const act = {
    regions: [withdrawal.id.slice(0, 6)],
    evidence: `${withdrawal.id}; ${withdrawal.reason}`,
  };
  return withPolicyAct(office, act, (deps) => withdrawPack(withdrawal, deps));
}

/** Approves a proposal under the login of a second operator. */
export async function approvePolicy(
  office: PolicyOffice,
  changeNo: number,
): Promise<Result<StoredChange, Reason>> {
  return withPolicy(office, async (deps, actor) => {
    const changes = await deps.store.listChanges();
    const change = changes.find((known) => known.changeNo === changeNo);
    const regions = regionsOfSteps(change?.steps ?? []);
    return actOnPolicy(actor, { regions, evidence: `approved: change ${changeNo}` }, () =>
      approveChange(changeNo, deps),
    );
  });
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
  use: (deps: PolicyChangeDeps, actor: Actor) => Promise<T>,
): Promise<T> {
  return withLogin(config, credentials, async (url) => {
    await migrateOrTell(url);
    const operator = await readOperatorOrOwner(url);
    const { around } = openFailpoints(config) ?? {};
    const data = withReferenceFailpoints(openReferenceData(url), 'activate', around);
    const { readRevisions, packs: store } = data;
    const now = () => Date.now();
    try {
      const deps = { shipped: loadPacks(), readRevisions, store, operator, now };
      return await withActor(url, (actor) => use(deps, actor));
    } finally {
      await data.close();
    }
  });
}

/** The regions that a change concerns; the actor must be responsible for each of them. */
type PolicyAct = { readonly regions: readonly string[]; readonly evidence: string };

async function withPolicyAct<T>(
  office: PolicyOffice,
  act: PolicyAct,
  use: (deps: PolicyChangeDeps) => Promise<T>,
): Promise<T> {
  return withPolicy(office, (deps, actor) => actOnPolicy(actor, act, () => use(deps)));
}

/** @throws StartupError when one of the regions is another one's */
async function actOnPolicy<T>(
  actor: Actor,
  { regions, evidence }: PolicyAct,
  run: () => Promise<T>,
): Promise<T> {
  const known = [...new Set(regions.map((code) => (isRegionCode(code) ? code : WHOLE_COUNTRY)))];
  const about = {
    by: actor.by,
    action: 'policy.change',
    evidence: evidence.slice(0, 500),
  } as const;
  for (const region of known) {
    const allowed = await permit(actor, { ...about, scope: { regions: [region] } });
    if (!allowed.ok) throw refusedAs(allowed.error.code);
  }
  const done = await actAs(actor, { ...about, scope: { regions: known } }, async () =>
    ok(await run()),
  );
  if (!done.ok) throw refusedAs(done.error.code);
  return done.value;
}

/** Of a file that is no pack, everybody's: the checks say what is wrong with it. */
function regionOfPack(text: string): string {
  return /"region"\s*:\s*"(\d{6})"/.exec(text)?.[1] ?? WHOLE_COUNTRY;
}

/** Ids of packs begin with their region. */
function regionsOfSteps(steps: readonly PolicyStep[]): readonly string[] {
  const ids = JSON.stringify(steps).match(/"\d{6}\//g) ?? [];
  return ids.length === 0 ? [WHOLE_COUNTRY] : ids.map((id) => id.slice(1, 7));
}
