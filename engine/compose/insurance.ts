/** Composition of the commands on insurance relations, which run beside a running engine. */
import type { Config } from '../ops/config.ts';
import type { InsuranceRecords } from '../ports/insurance.ts';
import { openInsuranceStore } from '../store/insurance/insurance-store.ts';
import type { Credentials } from './operator.ts';
import { readOperatorOrOwner, withLogin } from './operator.ts';
import type { RecordedAct } from './recorded-act.ts';
import { runRecorded } from './recorded-act.ts';

export type InsuranceDesk = {
  readonly records: InsuranceRecords;
  /** Runs what changes something, or reads a person, with its audit rows. */
  readonly recorded: <T>(act: RecordedAct, task: () => Promise<T>) => Promise<T>;
};

/** Opens the insurance relations for one task, under an operator's login or the owner's. */
export function withInsurance<T>(
  config: Config,
  credentials: Credentials | undefined,
  use: (desk: InsuranceDesk) => Promise<T>,
): Promise<T> {
  return withLogin(config, credentials, async (url) => {
    await readOperatorOrOwner(url);
    const records = await openInsuranceStore(url);
    try {
      return await use({ records, recorded: (act, task) => runRecorded(url, act, task) });
    } finally {
      await records.close();
    }
  });
}
