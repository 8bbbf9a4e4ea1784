/** Composition of what operators' flows work with: accounts, sessions, proposals, and the audit. */
import { randomBytes } from 'node:crypto';
import type { Executors, OfficeDeps } from '../flows/operator/office.ts';
import type { Config } from '../ops/config.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import { openDatabase } from '../store/connection/database.ts';
import { defaultStoreLimits } from '../store/create-store.ts';
import { createAuditLog } from '../store/operators/audit-log.ts';
import { createOperatorStore } from '../store/operators/operator-store.ts';
import { createProposalStore } from '../store/operators/proposal-store.ts';
import { createAuditReads } from '../store/operators/trail-reads.ts';
import { openSocialSecurityKeys } from './keystores.ts';
import { migrateOrTell } from './migrations.ts';

type Parts = Pick<OfficeDeps, 'keys' | 'environment'> & { readonly executors?: Executors };

/**
 * Opens them over a pool of their own: a flood of sign-ins waits for itself and for no settlement.
 * @param stops receives what closes the pool
 */
export function openOffice(
  url: string,
  { keys, environment, executors = {} }: Parts,
  stops: (() => Promise<void>)[],
): OfficeDeps {
  const database = openDatabase(url, defaultStoreLimits);
  stops.push(() => database.destroy());
  return {
    ...{ keys, environment, executors },
    operators: createOperatorStore(database),
    audit: createAuditLog(database),
    trail: createAuditReads(database),
    proposals: createProposalStore(database),
  };
}

/**
 * Runs a task of the database's owner on the accounts, beside a running engine; the second factors are
 * sealed under the engine's keys.
 */
export async function withOffice<T>(
  config: Config,
  use: (office: OfficeDeps) => Promise<T>,
): Promise<T> {
  const work = async (url: string): Promise<T> => {
    await migrateOrTell(url);
    const keys = await openSocialSecurityKeys(config, { createIfMissing: true });
    const stops = [keys.close];
    try {
      const environment = { now: () => Date.now(), randomBytes };
      return await use(openOffice(url, { keys, environment }, stops));
    } finally {
      for (const stop of stops.reverse()) await stop();
    }
  };
  return withDatabase(config, work, true);
}
