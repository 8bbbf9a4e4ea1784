import type { Claim } from '../domain/correction/correction.ts';

/** Reads of claims for operators. */
export type ClaimReads = {
  /** Claims of which something is open, the oldest first. `region` undefined: of all. */
  listOpenClaims(region: string | undefined, limit: number): Promise<readonly Claim[]>;
};
