/** Composition of the commands on employers' applications for cards, which run beside a running engine. */
import type { Principal } from '../domain/principal/principal.ts';
import type { Config } from '../ops/config.ts';
import type { IntakeRecords } from '../ports/intake.ts';
import type { Keys } from '../ports/keys.ts';
import type { Store } from '../ports/store.ts';
import { openIntakeStore } from '../store/intake/intake-store.ts';
import type { Credentials } from './operator.ts';
import { readOperatorOrOwner, withLogin } from './operator.ts';
import { withStore } from './operator-deps.ts';
import type { RecordedAct } from './recorded-act.ts';
import { runRecorded } from './recorded-act.ts';
import { withKeys } from './registry.ts';

export type IntakeDesk = {
  readonly records: IntakeRecords;
  /** Runs what changes something, or reads a person, with its audit rows. */
  readonly recorded: <T>(act: RecordedAct, task: (by: Principal) => Promise<T>) => Promise<T>;
  /** Runs work that gives orders. */
  readonly ordering: <T>(work: (store: Pick<Store, 'execute'>) => Promise<T>) => Promise<T>;
};

/** Opens the applications for one task, under an operator's login or the owner's. */
export function withIntake<T>(
  config: Config,
  credentials: Credentials | undefined,
  use: (desk: IntakeDesk) => Promise<T>,
): Promise<T> {
  const work = async (url: string, { personalData }: Keys): Promise<T> => {
    await readOperatorOrOwner(url);
    const records = await openIntakeStore(url, personalData);
    try {
      return await use({
        records,
        recorded: (act, task) => runRecorded(url, act, task),
        ordering: (work) => withStore(url, ({ store }) => work(store)),
      });
    } finally {
      await records.close();
    }
  };
  return withLogin(config, credentials, (url) => withKeys(config, (keys) => work(url, keys)));
}
