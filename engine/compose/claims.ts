/** Composition of the operators' commands on claims, which run beside a running engine. */
import type { Claim } from '../domain/correction/correction.ts';
import { everywhere } from '../domain/principal/authorise.ts';
import type { ToldAnswer } from '../domain/request/answer.ts';
import type { ClaimOrder } from '../flows/operator/settle-claim.ts';
import { settleClaim as settle } from '../flows/operator/settle-claim.ts';
import type { Config } from '../ops/config.ts';
import { readPersons } from './actor.ts';
import type { Credentials } from './operator.ts';
import type { Unsigned } from './operator-deps.ts';
import { onSettlement, withStore } from './operator-deps.ts';

/** Claims that are listed at most. */
const LISTED_MAX = 1_000;

/** What people owe for corrected settlements, or are owed, the oldest first. */
export async function listClaims(
  config: Config,
  region: string | undefined,
): Promise<readonly Claim[]> {
  const scope = region === undefined ? everywhere : { regions: [region] };
  return readPersons(config, { action: 'claim.read', scope }, (url) =>
    withStore(url, ({ store }) => store.listOpenClaims(region, LISTED_MAX)),
  );
}

/** Records under the operator's login that a claim was collected or paid out. */
export async function settleClaim(
  config: Config,
  credentials: Credentials | undefined,
  order: Unsigned<ClaimOrder>,
): Promise<ToldAnswer> {
  const { settlementId, direction, amount, voucher } = order;
  const about = { action: 'claim.settle', settlementId } as const;
  const act = { ...about, evidence: `${direction} ${amount}, voucher ${voucher}`.slice(0, 200) };
  return onSettlement(config, credentials, act, (deps, by) => settle(deps, { ...order, by }));
}
