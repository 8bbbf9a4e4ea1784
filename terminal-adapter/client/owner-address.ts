import type { EngineResult } from './engine-result.ts';

/** Owners change seldom: a terminal that is referred more often stops and asks again later. */
export const REFERRALS_MAX = 2;

/**
 * Address of the engine that serves this person, if the answer names one; otherwise undefined. Only a
 * signed answer counts, and the address never leads from https to http.
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
