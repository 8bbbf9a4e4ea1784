/** Composition of the operators' commands on claims, which run beside a running engine. */
import type { Claim } from '../domain/correction/correction.ts';
import type { ToldAnswer } from '../domain/request/answer.ts';
import type { ClaimOrder } from '../flows/operator/settle-claim.ts';
import { settleClaim as settle } from '../flows/operator/settle-claim.ts';
import type { Config } from '../ops/config.ts';
import type { Credentials } from './operator.ts';
import type { Unsigned } from './operator-deps.ts';
import { readStore, withOperatorStore } from './operator-deps.ts';

/** Claims that are listed at most. */
const LISTED_MAX = 1_000;

/** What people owe for corrected settlements, or are owed, the oldest first. */
export async function listClaims(
  config: Config,
  region: string | undefined,
): Promise<readonly Claim[]> {
  return readStore(config, (store) => store.listOpenClaims(region, LISTED_MAX));
}

/** Records under the operator's login that a claim was collected or paid out. */
export async function settleClaim(
  config: Config,
  credentials: Credentials | undefined,
  order: Unsigned<ClaimOrder>,
): Promise<ToldAnswer> {
  return withOperatorStore(config, credentials, (deps, by) => settle(deps, { ...order, by }));
}
