import type { BankLeg } from '../domain/leg/bank-leg.ts';
import type { LegState } from '../domain/leg/leg.ts';
import type { Resolution } from '../domain/resolution/resolution.ts';
import type { BankTrace } from './bank.ts';

/** Bank legs beside the way of a sale: for answers that come too late, for the alarm, and for operators. */
export type BankLegReads = {
  /** Legs that were sent under this trace. `batch` undefined: the answer names none. */
  legsOfTrace(trace: TraceOfAnswer): Promise<readonly BankLeg[]>;
  /** How much is open, by state. */
  countOpenLegs(): Promise<readonly OpenLegs[]>;
  /** Reversals and refunds whose outcome is open, the oldest first, at most `limit`. */
  listOpenLegs(limit: number): Promise<readonly OpenLeg[]>;
};

export type TraceOfAnswer = Pick<BankTrace, 'terminalId' | 'merchantId' | 'stan'> & {
  readonly batch: number | undefined;
};

export type OpenLegs = {
  readonly state: LegState;
  readonly count: number;
  /** Attempts made for all of them. */
  readonly attempts: number;
  /** ms; since when the oldest is open. */
  readonly oldestSince: number;
};

export type OpenLeg = { readonly leg: BankLeg; readonly closings: readonly Resolution[] };
