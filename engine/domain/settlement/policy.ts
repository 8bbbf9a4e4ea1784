import type { Pack } from '../../../rules/model/pack.ts';
import type { PackRegistry } from '../../../rules/packs/pack-registry.ts';
import { invariant } from '../../base/errors/result.ts';

/**
 * All policy packs, including old, replaced and withdrawn ones, as an immutable value. A newer value has more
 * packs or another standing; no pack is removed, since settlements name it.
 */
export type Policy = PackRegistry;

/** The pack of a stored settlement. @throws InvariantViolation when it is missing */
export function packById(policy: Policy, packId: string): Pack {
  const pack = policy.byId(packId);
  invariant(pack !== undefined, `pack ${packId} is not in the registry`);
  return pack;
}
