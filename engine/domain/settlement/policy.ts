import type { Pack } from '../../../rules/model/pack.ts';
import { invariant } from '../errors/result.ts';

/** The policy packs, old ones included; constant while the engine runs. */
export type Policy = readonly Pack[];

/** The pack that a stored settlement was split by. Throws InvariantViolation when it is gone. */
export function packById(policy: Policy, packId: string): Pack {
  const pack = policy.find((known) => known.id === packId);
  invariant(pack !== undefined, `pack ${packId} is gone`);
  return pack;
}
