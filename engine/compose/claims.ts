/** Composition of the operators' commands on claims, which run beside a running engine. */
import type { Claim } from '../domain/correction/correction.ts';
import type { ToldAnswer } from '../domain/request/answer.ts';
import type { ClaimOrder } from '../flows/operator/settle-claim.ts';
import { settleClaim as settle } from '../flows/operator/settle-claim.ts';
import type { Config } from '../ops/config.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import type { Credentials } from './operator.ts';
import { withOperator } from './operator.ts';
import { withStore } from './operator-deps.ts';
import type { Unsigned } from './resolutions.ts';

/** Claims that are listed at most. */
const LISTED_MAX = 1_000;

/** What people owe for corrected settlements, or are owed, the oldest first. */
export async function listClaims(
  config: Config,
  region: string | undefined,
): Promise<readonly Claim[]> {
  const list = (url: string) =>
    withStore(url, ({ store }) => store.listOpenClaims(region, LISTED_MAX));
  return withDatabase(config, list, true);
}

/** Records under the operator's login that a claim was collected or paid out. */
export async function settleClaim(
  config: Config,
  credentials: Credentials | undefined,
  order: Unsigned<ClaimOrder>,
): Promise<ToldAnswer> {
  return withOperator(config, credentials, ({ url, operator }) =>
    withStore(url, (deps) => settle(deps, { ...order, by: operator })),
  );
}
