import type { FlowLog } from '../flows/deps.ts';
import type { RevisionStore, Revisions } from '../ports/reference-data.ts';

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
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let looking = Promise.resolve();

  const look = async (): Promise<void> => {
    const found = await store.readRevisions();
    for (const name of ['policy', 'catalogue'] as const) {
      if (found[name] !== known[name] && (await refresh[name]())) known[name] = found[name];
    }
  };
  const tick = (): void => {
    looking = look()
      .catch(() => log.warn('revisions-not-read', {}))
      .finally(() => {
        if (!isStopped) timer = setTimeout(tick, everyMs);
      });
  };
  tick();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await looking;
  };
}
