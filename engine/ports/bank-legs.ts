import type { BankLeg } from '../domain/leg/bank-leg.ts';
import type { LegState } from '../domain/leg/leg.ts';
import type { Resolution } from '../domain/resolution/resolution.ts';
import type { BankTrace } from './bank.ts';

/** Reads of bank legs for late answers, for the alarm and for operators. */
export type BankLegReads = {
  /** Legs with this trace. `batch` or `merchantId` undefined: of any. */
  legsOfTrace(trace: TraceOfAnswer): Promise<readonly BankLeg[]>;
  /** Open legs by state. */
  countOpenLegs(): Promise<readonly OpenLegs[]>;
  /** Reversals and refunds whose outcome is open, the oldest first, at most `limit`. */
  listOpenLegs(limit: number): Promise<readonly OpenLeg[]>;
};

export type TraceOfAnswer = Pick<BankTrace, 'terminalId' | 'stan'> & {
  readonly merchantId: string | undefined;
  readonly batch: number | undefined;
};

export type OpenLegs = {
  readonly state: LegState;
  readonly count: number;
  /** Sum of their attempts. */
  readonly attempts: number;
  /** ms; when the oldest was opened. */
  readonly oldestSince: number;
};

export type OpenLeg = { readonly leg: BankLeg; readonly resolutions: readonly Resolution[] };
