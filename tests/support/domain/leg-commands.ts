/** Commands about a bank leg by its number: 0 is that of the settlement, others are refunds. */
import type { PersonKey, SettlementId } from '../../../engine/base/ids/ids.ts';
import type { Command } from '../../../engine/domain/commands.ts';

type OfLeg = {
  readonly key: PersonKey;
  readonly settlementId: SettlementId;
  readonly at: number;
  readonly fence: number;
  readonly legNo: number;
};

/** The bank did not answer. */
export function legUnanswered({ legNo: refundNo, ...of }: OfLeg): Command {
  return refundNo === 0
    ? { type: 'begin-reversal', ...of, reason: '98' }
    : { type: 'refund-unanswered', ...of, refundNo, reason: '98' };
}

/** The bank answered the reversal. */
export function legReversed(
  { legNo: refundNo, ...of }: OfLeg,
  responseCode: string = '00',
): Command {
  return refundNo === 0
    ? { type: 'finish-reversal', ...of, responseCode }
    : { type: 'finish-void-reversal', ...of, refundNo, responseCode };
}
