import { errorRegistry, httpStatusOf } from '../base/errors/error-registry.ts';
import { problemBody } from '../base/errors/problem.ts';
import { formatFen } from '../base/money/fen.ts';
import type { Credit } from '../domain/credit/credit.ts';
import type { Decision } from '../domain/decision.ts';
import type { Answer, RefusedAnswer, UnknownAnswer } from '../domain/request/answer.ts';
import type { RenderedAnswer, RequestRecord } from '../domain/request/request-record.ts';
import type { RequestWrite } from '../domain/request/request-write.ts';
import type { Resolution } from '../domain/resolution/resolution.ts';
import { cardDocument } from './card-json.ts';
import { claimDocument } from './correction-json.ts';
import { refundAnswerDocument } from './refund-json.ts';
import { settlementText } from './settlement-json.ts';

/** Renders a decision's answer for the JSON surface (/v1). The store stores these bytes for repetitions. */
export function renderAnswer(answer: Answer): RenderedAnswer {
  switch (answer.kind) {
    case 'settled': {
      const { settlement, explained, legs } = answer;
      return approvedText(settlementText(settlement, explained, legs, []));
    }
    case 'refunded':
      return approvedDocument(refundAnswerDocument(answer));
    case 'claim':
      return approvedDocument(claimDocument(answer.claim));
    case 'credit':
      return approvedDocument(creditDocument(answer.credit));
    case 'card':
      return approvedDocument(cardDocument(answer));
    case 'resolution':
      return approvedDocument(resolutionDocument(answer.resolution));
    case 'unknown':
      return renderUnknown(answer);
    case 'refused':
      return renderRefusal(answer);
    case 'stored':
      return answer.rendered;
  }
}

/** A decision with the bytes of its answer. */
export type RenderedDecision = Decision & { readonly rendered: RenderedAnswer };

/**
 * The request record to store.
 * @param decided the decision's answer, already rendered; it is nearly always the record's answer
 */
export function renderRequest(
  write: RequestWrite,
  decided: { readonly answer: Answer; readonly rendered: RenderedAnswer },
): RequestRecord {
  const { answer } = write;
  if (answer === undefined) return { ...write, answer };
  return { ...write, answer: answer === decided.answer ? decided.rendered : renderAnswer(answer) };
}

/** An approved answer with a JSON document. */
export function approvedDocument(document: object): RenderedAnswer {
  return approvedText(JSON.stringify(document));
}

/** An approved answer. @param body JSON text */
export function approvedText(body: string): RenderedAnswer {
  return { outcome: 'approved', status: 200, body, code: undefined };
}

export function renderRefusal({ outcome, code, extra }: RefusedAnswer): RenderedAnswer {
  const status = httpStatusOf(code);
  return { outcome, status, body: JSON.stringify(problemBody(code, extra)), code };
}

/** 202: the outcome is unknown. Says where to enquire, and that the cashier must not collect again. */
function renderUnknown(answer: UnknownAnswer): RenderedAnswer {
  const { code, settlementId, requestKey, state } = answer;
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

function creditDocument({ id, kind, amount, balanceAfter }: Credit): object {
  const amounts = { amount: formatFen(amount), balanceAfter: formatFen(balanceAfter) };
  return { outcome: 'approved', creditId: id, kind, ...amounts };
}

/** Does not contain the operators' names, because answers may be logged. */
function resolutionDocument(resolution: Resolution): object {
  const { settlementId, legNo, proposalNo, outcome, approval } = resolution;
  const state = approval === undefined ? 'proposed' : 'closed';
  return { outcome: 'approved', settlementId, legNo, proposalNo, state, closing: outcome };
}
