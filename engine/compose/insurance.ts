/** Composition of the commands on insurance relations, which run beside a running engine. */
import type { Config } from '../ops/config.ts';
import type { InsuranceRecords } from '../ports/insurance.ts';
import { openInsuranceStore } from '../store/insurance/insurance-store.ts';
import type { Credentials } from './operator.ts';
import { readOperatorOrOwner, withLogin } from './operator.ts';

/** Opens the insurance relations for one task, under an operator's login or the owner's. */
export function withInsurance<T>(
  config: Config,
  credentials: Credentials | undefined,
  use: (records: InsuranceRecords) => Promise<T>,
): Promise<T> {
  return withLogin(config, credentials, async (url) => {
    await readOperatorOrOwner(url);
    const records = await openInsuranceStore(url);
    try {
      return await use(records);
    } finally {
      await records.close();
    }
  });
}
