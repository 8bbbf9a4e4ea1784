import type { Fen } from '../../base/money/fen.ts';
import type { SettlementCommand } from '../command.ts';
import type { BankLeg, BankTrace } from './bank-leg.ts';

/** A new leg. Its command writes it before the first byte is sent; it is reserved for `reservationMs`. */
export function openLeg(
  command: SettlementCommand & { readonly reservationMs: number },
  leg: Pick<BankLeg, 'legNo' | 'kind'> & { readonly amount: Fen; readonly trace: BankTrace },
): BankLeg {
  const { legNo, kind, amount, trace } = leg;
  return {
    key: command.key,
    settlementId: command.settlementId,
    legNo,
    kind,
    state: 'sending',
    amount,
    ...trace,
    rrn: undefined,
    authCode: undefined,
    responseCode: undefined,
    hostTime: undefined,
    reversalReason: undefined,
    attempts: 0,
    nextAttemptAt: command.at + command.reservationMs,
    openSince: command.at,
    fence: 0,
    lateRrn: undefined,
  };
}
