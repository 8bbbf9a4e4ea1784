import type { Pack } from '../../../rules/model/pack.ts';
import { createPackRegistry } from '../../../rules/packs/pack-registry.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Policy } from '../../domain/settlement/policy.ts';
import type { PolicyStore, StoredPack } from '../../ports/reference-data.ts';
import type { FlowLog, PolicySource } from '../deps.ts';
import { packDigest, readPackText } from './pack-text.ts';

export type PolicySourceOptions = {
  /** They ship with the program and need no activation. */
  readonly shipped: readonly Pack[];
  readonly store: Pick<PolicyStore, 'listPacks' | 'readPack'>;
  readonly log: Pick<FlowLog, 'info' | 'warn' | 'error'>;
};

/**
 * The shipped packs and those that were activated, as one value. New ones are read and compiled beside
 * the work of the engine, one at a time, and then taken in all at once. A stored pack that does not
 * compile any more is told once and left out; all others serve.
 */
export function createPolicySource({ shipped, store, log }: PolicySourceOptions): PolicySource {
  let policy: Policy = createPackRegistry(shipped);
  /** By id, of every stored pack that was looked at. */
  const digests = new Map<string, string>();
  let running: Promise<boolean> | undefined;

  /** What becomes of a stored pack: taken in, or told why not. */
  const read = async (id: string): Promise<Pack | undefined> => {
    const stored = await store.readPack(id);
    if (stored === undefined) return undefined;
    const ships = policy.byId(id);
    // A newer version of the program may ship what was activated before.
    if (ships !== undefined && packDigest(ships.file) === stored.digest) return undefined;
    const found =
      ships === undefined ? readStored(stored) : fail('another pack ships under its id');
    if (found.ok) return found.value;
    log.error('stored-pack-unusable', { pack: id, reason: found.error });
    return undefined;
  };
  const refresh = async (): Promise<void> => {
    const added: Pack[] = [];
    const seen: Pick<StoredPack, 'id' | 'digest'>[] = [];
    for (const { id, digest } of await store.listPacks()) {
      const known = digests.get(id);
      if (known === digest) continue;
      seen.push({ id, digest });
      if (known !== undefined) {
        log.error('stored-pack-unusable', { pack: id, reason: 'its content was replaced' });
        continue;
      }
      const pack = await read(id);
      if (pack !== undefined) added.push(pack);
      // Whoever waits for an answer goes first.
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const { id, digest } of seen) digests.set(id, digest);
    if (added.length === 0) return;
    policy = createPackRegistry([...policy.packs, ...added]);
    for (const { id } of added) log.info('pack-activated', { pack: id });
  };
  return {
    current: () => policy,
    refresh() {
      running ??= refresh()
        .then(
          () => true,
          (error: unknown) => {
            log.warn('packs-not-read', { reason: error instanceof Error ? error.name : 'unknown' });
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

function readStored({ id, content, digest }: StoredPack): Result<Pack, string> {
  try {
    const read = readPackText(content);
    if (!read.ok) return fail(read.error.en);
    const isSame = read.value.pack.id === id && read.value.digest === digest;
    return isSame ? ok(read.value.pack) : fail('it is not what was activated under this id');
  } catch (error) {
    return fail(error instanceof Error ? error.message : 'it cannot be compiled');
  }
}

/** The policy with this pack on it if it was activated anywhere: another engine may have seen it first. */
export async function policyWith(source: PolicySource, packId: string): Promise<Policy> {
  // A look that was under way may have begun before the activation: the second one has not.
  for (let looks = 0; looks < 2 && source.current().byId(packId) === undefined; looks += 1) {
    await source.refresh();
  }
  return source.current();
}
