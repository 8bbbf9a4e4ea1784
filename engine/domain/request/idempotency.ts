import type { CardId, SettlementId } from '../../base/ids/ids.ts';
import type { Decision } from '../decision.ts';
import { withoutWrites } from '../decision.ts';
import { declinedAnswer, storedAnswer } from './answer.ts';
import type { RequestIdentity, RequestRecord } from './request-record.ts';

/**
 * The decision for a repeated request key; undefined when the key is new for this card. Same content: the
 * stored answer, or KEY_IN_PROGRESS while the bank is being asked. Other content: KEY_REUSED.
 * @param settlementId of a refund: refunds of two settlements may have equal bodies
 */
export function answerRepeatedKey(
  request: RequestIdentity,
  cardId: CardId,
  records: readonly RequestRecord[],
  settlementId?: SettlementId,
): Decision | undefined {
  const record = records.find(
    (known) =>
      known.terminalId === request.terminalId &&
      known.requestKey === request.requestKey &&
      known.cardId === cardId,
  );
  if (record === undefined) return undefined;
  const { requestKey } = request;
  const isOther = settlementId !== undefined && record.settlementId !== settlementId;
  if (isOther || record.fingerprint !== request.fingerprint) {
    return withoutWrites(declinedAnswer('KEY_REUSED', { requestKey }));
  }
  return withoutWrites(
    record.answer === undefined
      ? declinedAnswer('KEY_IN_PROGRESS', { requestKey })
      : storedAnswer(record.answer),
  );
}
