import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { errorRegistry, httpStatusOf } from '../../base/errors/error-registry.ts';
import type { ProblemExtra } from '../../base/errors/problem.ts';
import { problemBody } from '../../base/errors/problem.ts';
import type { CardId, RequestKey, SettlementId, TerminalId } from '../../base/ids/ids.ts';
import type { RequestIdentity } from '../commands.ts';
import type { Answer, Decision, RequestRecord, Writes } from '../decision.ts';

/** Money moved as the document says. */
export function approvedAnswer(document: object): Answer {
  return approvedText(JSON.stringify(document));
}

/** The same of a document that is JSON text already. */
export function approvedText(body: string): Answer {
  return { outcome: 'approved', status: 200, body, code: undefined };
}

/** A refusal. While money may have moved (the key is still running) its outcome is unknown, never declined. */
export function declinedAnswer(code: ErrorCode, extras: ProblemExtra): Answer {
  return {
    outcome: errorRegistry[code].money === 'unknown' ? 'unknown' : 'declined',
    status: httpStatusOf(code),
    body: JSON.stringify(problemBody(code, extras)),
    code,
  };
}

/** 202: nobody knows yet. Says where to enquire, and that the cashier must not collect again. */
export function unknownAnswer(
  code: 'BANK_OUTCOME_UNKNOWN' | 'REFUND_IN_PROGRESS',
  settlementId: string,
  requestKey: string,
  state: string,
): Answer {
  const entry = errorRegistry[code];
  const body = {
    outcome: 'unknown',
    settlementId,
    requestKey,
    state,
    code,
    message: { zh: entry.zh, en: entry.en },
    cashier: { zh: entry.cashierZh, en: entry.cashierEn },
    enquiry: `/v1/settlements/${settlementId}`,
    retryAfterSeconds: 2,
  };
  return { outcome: 'unknown', status: 202, body: JSON.stringify(body), code };
}

/**
 * What a repeated request key is told, or undefined when the key is new for this card.
 * Same bytes → the stored answer; other bytes → KEY_REUSED; the bank still being asked → KEY_IN_PROGRESS.
 * @param settlementId of a refund: bodies of refunds of two settlements may be the same bytes
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
  if (record.answer !== undefined)
    return { answer: record.answer, isReplay: true, writes: undefined };
  return withoutWrites(declinedAnswer('KEY_IN_PROGRESS', { requestKey }));
}

/** The record of a sale or refund. Another terminal may have used the same key text: its record is not this one. */
export function requestOf(
  records: readonly RequestRecord[],
  asked: { readonly terminalId: TerminalId; readonly requestKey: RequestKey } | undefined,
): RequestRecord | undefined {
  return records.find(
    (known) => known.terminalId === asked?.terminalId && known.requestKey === asked.requestKey,
  );
}

export function withoutWrites(answer: Answer): Decision {
  return { answer, isReplay: false, writes: undefined };
}

export function withWrites(answer: Answer, writes: Writes): Decision {
  return { answer, isReplay: false, writes };
}
