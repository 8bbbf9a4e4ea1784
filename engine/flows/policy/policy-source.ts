import type { Pack } from '../../../rules/model/pack.ts';
import { createPackRegistry } from '../../../rules/packs/pack-registry.ts';
import { standingAfter } from '../../../rules/packs/standing.ts';
import { causeOf } from '../../base/errors/cause-of.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Policy } from '../../domain/settlement/policy.ts';
import type {
  PolicyChange,
  PolicyStep,
  PolicyStore,
  StoredPack,
} from '../../ports/reference-data.ts';
import type { FlowLog, PolicySource } from '../deps.ts';
import { packDigest, readStoredText } from './pack-text.ts';

export type PolicySourceOptions = {
  /** Packs that ship with the program; they need no activation. */
  readonly shipped: readonly Pack[];
  readonly store: Pick<PolicyStore, 'listPacks' | 'readPack' | 'listChanges'>;
  readonly log: Pick<FlowLog, 'info' | 'warn' | 'error'>;
};

/**
 * The shipped and the activated packs as one value. New packs are read and compiled one at a time while the
 * engine works, then added together. A stored pack that cannot be compiled is logged once and left out.
 */
export function createPolicySource({ shipped, store, log }: PolicySourceOptions): PolicySource {
  let policy: Policy = createPackRegistry(shipped);
  /** Digests of the stored packs seen so far, by id. */
  const digests = new Map<string, string>();
  let changesTaken = 0;
  let running: Promise<boolean> | undefined;

  /** The stored pack compiled; undefined when it is unusable (logged) or ships with the program. */
  const read = async (id: string): Promise<Pack | undefined> => {
    const stored = await store.readPack(id);
    if (stored === undefined) return undefined;
    const ships = policy.byId(id);
    // A newer program may ship a pack that was activated before.
    if (ships !== undefined && packDigest(ships.file) === stored.digest) return undefined;
    const found =
      ships === undefined ? readStored(stored) : fail('another pack ships under its id');
    if (found.ok) return found.value;
    log.error('pack-rejected', { pack: id, reason: found.error });
    return undefined;
  };
  const refresh = async (): Promise<void> => {
    const added: Pack[] = [];
    const seen: Pick<StoredPack, 'id' | 'digest'>[] = [];
    // Before the packs: a change is never seen without its packs.
    const changes = (await store.listChanges()).filter(isInForce);
    for (const { id, digest } of await store.listPacks()) {
      const known = digests.get(id);
      if (known === digest) continue;
      seen.push({ id, digest });
      if (known !== undefined) {
        log.error('pack-rejected', { pack: id, reason: 'its content was replaced' });
        continue;
      }
      const pack = await read(id);
      if (pack !== undefined) added.push(pack);
      // Waiting requests get their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const { id, digest } of seen) digests.set(id, digest);
    if (added.length === 0 && changes.length === changesTaken) return;
    const steps = changes.flatMap((change) => change.steps);
    policy = createPackRegistry([...policy.packs, ...added], standingAfter(steps));
    for (const { id } of added) log.info('pack-activated', { pack: id });
    for (const { steps: taken } of changes.slice(changesTaken)) logSteps(log, taken);
    changesTaken = changes.length;
  };
  return {
    current: () => policy,
    refresh() {
      running ??= refresh()
        .then(
          () => true,
          (error: unknown) => {
            log.warn('pack-refresh-failed', { reason: causeOf(error) });
            return false;
          },
        )
        .finally(() => {
          running = undefined;
        });
      return running;
    },
  };
}

/** Changes are only added, at the end: a proposal takes its place when it is approved. */
function isInForce({ needsApproval, approval }: PolicyChange): boolean {
  return !needsApproval || approval !== undefined;
}

function logSteps(log: PolicySourceOptions['log'], steps: readonly PolicyStep[]): void {
  for (const step of steps) {
    if (step.kind === 'withdraw') log.info('pack-withdrawn', { pack: step.pack });
    else for (const old of step.replaces) log.info('pack-replaced', { pack: old, by: step.pack });
  }
}

function readStored({ id, content, digest }: StoredPack): Result<Pack, string> {
  try {
    const read = readStoredText(content);
    if (!read.ok) return fail(read.error.en);
    const isSame = read.value.pack.id === id && read.value.digest === digest;
    return isSame ? ok(read.value.pack) : fail('it is not what was activated under this id');
  } catch (error) {
    return fail(error instanceof Error ? error.message : 'it cannot be compiled');
  }
}

/** The policy including this pack, if any engine has activated it: it may be missing here still. */
export async function refreshPolicyFor(source: PolicySource, packId: string): Promise<Policy> {
  // A refresh that was already running may have begun before the activation; the second one has not.
  for (let tries = 0; tries < 2 && source.current().byId(packId) === undefined; tries += 1) {
    await source.refresh();
  }
  return source.current();
}
