import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { parseSettlementId } from '../../base/ids/ids.ts';
import { negateFen, parseFen } from '../../base/money/fen.ts';
import type { Operator } from '../../domain/operator/operator.ts';
import type { ToldAnswer } from '../../domain/request/answer.ts';
import { declinedAnswer } from '../../domain/request/answer.ts';
import type { Clock } from '../../ports/environment.ts';
import type { FlowDeps } from '../deps.ts';
import { failureCodes } from './resolve-reversal.ts';

/** A claim that the insurer collected or paid out. */
export type ClaimOrder = {
  readonly settlementId: string;
  /** "700.00"; the whole open amount. */
  readonly amount: string;
  readonly direction: 'collected' | 'paid-out';
  readonly by: Operator;
  /** Number of the receipt or transfer. */
  readonly voucher: string;
};

type ClaimDeps = {
  readonly store: Pick<FlowDeps['store'], 'execute' | 'readSettlement'>;
  readonly clock: Clock;
};

const VOUCHER = /^[A-Za-z0-9_./-]{1,40}$/;

/**
 * Records that a claim (应收参保人 or 应付参保人) was collected or paid out, and posts it. No money moves here.
 * @returns approved, or declined with the reason
 */
export async function settleClaim(
  { store, clock }: ClaimDeps,
  order: ClaimOrder,
): Promise<ToldAnswer> {
  const { settlementId, direction, voucher } = order;
  const refuse = (code: ErrorCode, detail?: string) =>
    declinedAnswer(code, { settlementId, ...(detail !== undefined && { detail }) });
  const amount = parseFen(order.amount);
  if (!VOUCHER.test(voucher)) return refuse('REQUEST_INVALID', '--voucher');
  if (amount === undefined || amount <= 0n) return refuse('REQUEST_INVALID', `--${direction}`);
  const id = parseSettlementId(settlementId);
  const settlement = id === undefined ? undefined : (await store.readSettlement(id))?.settlement;
  if (settlement === undefined) return refuse('SETTLEMENT_NOT_FOUND');
  const result = await store.execute({
    type: 'settle-claim',
    key: settlement.key,
    settlementId: settlement.id,
    at: clock.now(),
    expected: direction === 'collected' ? amount : negateFen(amount),
    by: order.by.name,
    voucher,
  });
  return result.ok ? result.value.answer : refuse(failureCodes[result.error.kind]);
}
