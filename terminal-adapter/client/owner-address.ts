import type { EngineResult } from './engine-result.ts';

/** Owners change seldom: whoever is sent on more often asks again later. */
export const REFERRALS_MAX = 2;

/**
 * Where the engine that answered sends the terminal for this person; undefined: it answered for itself.
 * Only a signed answer sends anybody anywhere, and never from https to a line that others read.
 * @param from address of the engine that the terminal knows
 */
export function ownerAddress(result: EngineResult<unknown>, from: string): string | undefined {
  if (result.kind !== 'declined' || result.code !== 'SERVED_ELSEWHERE') return undefined;
  if (result.certificate === undefined) return undefined;
  const { address = '' } = result.refusal;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && !isSecret(from));
  return isSafe ? url?.origin : undefined;
}

function isSecret(address: string): boolean {
  return new URL(address).protocol === 'https:';
}
