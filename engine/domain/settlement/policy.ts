import type { Pack } from '../../../rules/model/pack.ts';
import type { PackRegistry } from '../../../rules/packs/pack-registry.ts';
import { invariant } from '../../base/errors/result.ts';

/**
 * The policy packs, old ones included, as one value that never changes. A newer value has more packs;
 * none is ever taken away or altered.
 */
export type Policy = PackRegistry;

/** The pack that a stored settlement was split by. Throws InvariantViolation when it is not there. */
export function packById(policy: Policy, packId: string): Pack {
  const pack = policy.byId(packId);
  invariant(pack !== undefined, `pack ${packId} is not on the shelf`);
  return pack;
}
