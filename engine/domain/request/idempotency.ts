import type { CardId, SettlementId } from '../../base/ids/ids.ts';
import type { Decision } from '../decision.ts';
import { withoutWrites } from '../decision.ts';
import { declinedAnswer, storedAnswer } from './answer.ts';
import type { RequestIdentity, RequestRecord } from './request-record.ts';

/**
 * The decision for a repeated request key; undefined when the key is new for this card. Same content: the
 * stored answer, or KEY_IN_PROGRESS while the bank is being asked. Other content: KEY_REUSED with the
 * settlement of the first use, since that may be paid: the records are of the same terminal and card.
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
  const { settlementId: earlier } = record;
  const isOther = settlementId !== undefined && earlier !== settlementId;
  if (isOther || record.fingerprint !== request.fingerprint) {
    const known = earlier === undefined ? {} : { settlementId: earlier };
    return withoutWrites(declinedAnswer('KEY_REUSED', { requestKey, ...known }));
  }
  return withoutWrites(
    record.answer === undefined
      ? declinedAnswer('KEY_IN_PROGRESS', { requestKey })
      : storedAnswer(record.answer),
  );
}
