import { causeOf } from '../base/errors/cause-of.ts';
import type { FlowLog } from '../flows/deps.ts';
import type { RevisionStore, Revisions } from '../ports/reference-data.ts';
import { repeatEvery } from './repeat-every.ts';

export type ReferenceJobOptions = {
  readonly store: RevisionStore;
  /** Loads what has changed; false: it could not, and is called again at the next look. */
  readonly refresh: { readonly [Name in keyof Revisions]: () => Promise<boolean> };
  readonly log: Pick<FlowLog, 'warn'>;
  readonly everyMs: number;
};

/**
 * Loads packs and catalogues that were activated by any process on this database; looks every `everyMs`.
 * @returns stops the job; resolves when the current look has ended
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
  return repeatEvery(everyMs, look, (error) =>
    log.warn('revision-check-failed', { reason: causeOf(error) }),
  );
}
