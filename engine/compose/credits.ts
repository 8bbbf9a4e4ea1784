/** Composition of the commands on credits of medical personal accounts, which run beside a running engine. */
import { createHash, randomBytes } from 'node:crypto';
import type { IdSource } from '../flows/credit/credit-rows.ts';
import type { Config } from '../ops/config.ts';
import type { CreditRecords } from '../ports/credits.ts';
import type { Store } from '../ports/store.ts';
import { openCreditStore } from '../store/credit/credit-store.ts';
import type { Credentials } from './operator.ts';
import { requireOperator, withLogin } from './operator.ts';
import { withStore } from './operator-deps.ts';
import type { RecordedAct } from './recorded-act.ts';
import { runRecorded } from './recorded-act.ts';

export type CreditDesk = {
  readonly records: CreditRecords;
  /** The login that acts, as the database has verified it. */
  readonly by: string;
  readonly ids: IdSource;
  readonly hashOf: (text: string) => string;
  /** Runs what changes something, or reads a person, with its audit rows. */
  readonly recorded: <T>(act: RecordedAct, task: () => Promise<T>) => Promise<T>;
  /** Runs work that posts. */
  readonly posting: <T>(work: (store: Pick<Store, 'execute'>) => Promise<T>) => Promise<T>;
};

/** Opens the files of credits for one task, under an operator's login. */
export function withCredits<T>(
  config: Config,
  credentials: Credentials | undefined,
  use: (desk: CreditDesk) => Promise<T>,
): Promise<T> {
  return withLogin(config, credentials, async (url) => {
    const { name: by } = await requireOperator(url);
    const records = await openCreditStore(url);
    try {
      return await use({
        ...{ records, by, recorded: (act, task) => runRecorded(url, act, task) },
        ids: { now: () => Date.now(), random: (bytes) => randomBytes(bytes) },
        hashOf: (text) => createHash('sha256').update(text).digest('hex'),
        posting: (work) => withStore(url, ({ store }) => work(store)),
      });
    } finally {
      await records.close();
    }
  });
}
