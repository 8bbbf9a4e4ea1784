import type { PersonKey, RequestKey, SettlementId, TerminalId } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import type { SettlementAmounts } from '../settlement/settlement.ts';

/** 退费, full or by line. `amounts`: what is refunded, each ≥ 0. */
export type Refund = {
  readonly key: PersonKey;
  readonly settlementId: SettlementId;
  /** 1, 2, …: also the number of its posting and of its bank leg. */
  readonly refundNo: number;
  readonly state: 'running' | 'done' | 'declined';
  readonly requestKey: RequestKey;
  readonly terminalId: TerminalId;
  readonly lines: readonly string[];
  readonly amounts: SettlementAmounts;
  /** The part of the patient's part that goes to what they owed for the settlement, not back to them. */
  readonly claimPay: Fen;
  /** When it was requested, ms. */
  readonly at: number;
};
