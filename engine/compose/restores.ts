/** Composition of what an engine does about a database that was restored under it. */
import { causeOf } from '../base/errors/cause-of.ts';
import type { FlowLog } from '../flows/deps.ts';
import { repeatEvery } from '../jobs/repeat-every.ts';
import type { Config } from '../ops/config.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import type { TraceMark } from '../ops/trace-mark.ts';
import { readTraceMark, writeTraceMark } from '../ops/trace-mark.ts';
import type { Clock } from '../ports/environment.ts';
import type { CardCaution, RestoreCause, RestoreNote, Restores } from '../ports/restores.ts';
import type { TraceGuard } from '../store/reads/trace-source.ts';
import { openRestores } from '../store/restores/restores.ts';
import { migrateOrTell } from './migrations.ts';

export type RestoreWatch = {
  /** Are the invalid lists as late as the books? */
  areListsCurrent(): boolean;
  readonly traces: TraceGuard;
};

type WatchOptions = {
  readonly config: Pick<Config, 'dataDir' | 'policyPollMs'>;
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly log: FlowLog;
};

/**
 * Compares the books with where they were left, and takes precautions when they were restored without a word:
 * into another database or server, on a standby, or behind the mark in the data folder.
 * @param stops receives the function that ends the watch
 */
export async function watchRestores(
  options: WatchOptions,
  stops: (() => Promise<void>)[],
): Promise<RestoreWatch> {
  const { config, clock, log } = options;
  const restores = openRestores(options.databaseUrl);
  stops.push(restores.close);
  const note = (cause: RestoreCause, tracesGiven?: bigint) =>
    noteAutomatically({ restores, clock, log }, cause, tracesGiven);
  const found = await restores.read();
  const mark = readTraceMark(config.dataDir);
  const given = mark?.books === found.books ? mark?.tracesGiven : undefined;
  if (found.books === undefined) await note('first-start');
  else if (!found.isSameDatabase) await note('other-database', given);
  else if (given !== undefined && given > found.tracesGiven) await note('traces-behind', given);
  const state = await restores.read();
  const books = state.books ?? '';
  let { areListsOutdated } = state;
  let highest = state.tracesGiven;
  const look = async (): Promise<void> => {
    ({ areListsOutdated } = await restores.read());
  };
  // A second net only: a full disk must not stop sales.
  const keepMark = (mark: TraceMark): void => {
    try {
      writeTraceMark(config.dataDir, mark);
    } catch (error) {
      log.warn('trace-mark-lost', { reason: causeOf(error) });
    }
  };
  stops.push(repeatEvery(config.policyPollMs, look, () => log.warn('list-age-check-failed', {})));
  return {
    areListsCurrent: () => !areListsOutdated,
    traces: {
      async accept(last) {
        if (last <= highest) {
          await note('traces-behind', highest);
          return false;
        }
        highest = last;
        keepMark({ books, tracesGiven: last });
        return true;
      },
      leave: async () => note('bank-copy', highest),
    },
  };
}

async function noteAutomatically(
  {
    restores,
    clock,
    log,
  }: { readonly restores: Restores; readonly clock: Clock; readonly log: FlowLog },
  cause: RestoreCause,
  tracesGiven: bigint | undefined,
): Promise<void> {
  const noted = await restores.note({ cause, at: clock.now(), cards: 'tried', tracesGiven });
  if (noted === undefined || cause === 'first-start') return;
  const { batch, cardsLocked, openLegs } = noted;
  log.error('database-restore-noticed', { cause, batch, cardsLocked, openLegs });
}

/** Takes the precautions after a restore, by an operator's word. */
export async function noteRestore(config: Config, cards: CardCaution): Promise<RestoreNote> {
  return withRestores(config, async (restores) => {
    const { books, tracesGiven } = await restores.read();
    const mark = readTraceMark(config.dataDir);
    const given = mark !== undefined && mark.books === books ? mark.tracesGiven : tracesGiven;
    const noted = await restores.note({
      ...{ cause: 'operator', at: Date.now(), cards, tracesGiven: given },
    });
    if (noted === undefined) throw new Error('an operator is always heard');
    return noted;
  });
}

/** The invalid lists on record are those of today, by an operator's word. */
export async function confirmInvalidLists(config: Config): Promise<void> {
  await withRestores(config, (restores) => restores.confirmLists(Date.now()));
}

async function withRestores<T>(
  config: Config,
  use: (restores: Restores) => Promise<T>,
): Promise<T> {
  const work = async (url: string): Promise<T> => {
    await migrateOrTell(url);
    const restores = openRestores(url);
    try {
      return await use(restores);
    } finally {
      await restores.close();
    }
  };
  return withDatabase(config, work, true);
}
