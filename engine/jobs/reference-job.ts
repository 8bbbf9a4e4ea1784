import type { FlowLog } from '../flows/deps.ts';
import type { RevisionStore, Revisions } from '../ports/reference-data.ts';
import { repeatEvery } from './repeat-every.ts';

export type ReferenceJobOptions = {
  readonly store: RevisionStore;
  /** What takes in the changes of each; false: it could not, and is asked again. */
  readonly refresh: { readonly [Name in keyof Revisions]: () => Promise<boolean> };
  readonly log: Pick<FlowLog, 'warn'>;
  readonly everyMs: number;
};

/**
 * Looks every `everyMs` whether packs were activated or catalogues switched on, anywhere on this database,
 * and has them taken in.
 * @returns stops the job; resolves when a look under way is done
 */
export function startReferenceJob(options: ReferenceJobOptions): () => Promise<void> {
  const { store, refresh, log, everyMs } = options;
  const known: Partial<Record<keyof Revisions, bigint>> = {};

  const look = async (): Promise<void> => {
    const found = await store.readRevisions();
    for (const name of ['policy', 'catalogue'] as const) {
      if (found[name] !== known[name] && (await refresh[name]())) known[name] = found[name];
    }
  };
  return repeatEvery(everyMs, look, () => log.warn('revisions-not-read', {}));
}
