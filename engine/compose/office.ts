/** Composition of what operators' flows work with: accounts, sessions, and the audit. */
import type { OfficeDeps } from '../flows/operator/office.ts';
import { openDatabase } from '../store/connection/database.ts';
import { defaultStoreLimits } from '../store/create-store.ts';
import { createAuditLog } from '../store/operators/audit-log.ts';
import { createOperatorStore } from '../store/operators/operator-store.ts';

/**
 * Opens them over a pool of their own: a flood of sign-ins waits for itself and for no settlement.
 * @param stops receives what closes the pool
 */
export function openOffice(
  url: string,
  { keys, environment }: Pick<OfficeDeps, 'keys' | 'environment'>,
  stops: (() => Promise<void>)[],
): OfficeDeps {
  const database = openDatabase(url, defaultStoreLimits);
  stops.push(() => database.destroy());
  return {
    ...{ keys, environment },
    operators: createOperatorStore(database),
    audit: createAuditLog(database),
  };
}
