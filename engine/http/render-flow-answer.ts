import { problemBody } from '../base/errors/problem.ts';
import { isoTime } from '../base/time/calendar.ts';
import type { RenderedAnswer } from '../domain/request/request-record.ts';
import type { FlowAnswer, RequestsFound, SettlementView } from '../flows/flow-answer.ts';
import { correctionMembers } from '../render/correction-json.ts';
import { approvedDocument, approvedText, renderAnswer } from '../render/render-answer.ts';
import { quoteText, settlementDocument } from '../render/settlement-json.ts';
import { standingMembers } from '../render/standing-json.ts';

/** Renders a flow's answer for the JSON surface (/v1). */
export function renderFlowAnswer(answer: FlowAnswer): RenderedAnswer {
  switch (answer.kind) {
    case 'quoted':
      return approvedText(quoteText(answer.explained, answer.lines, answer.warnings));
    case 'settlement-view':
      return approvedDocument(viewDocument(answer));
    case 'requests-found':
      return approvedDocument(foundDocument(answer));
    case 'document': {
      const rendered = approvedDocument(answer.document);
      return answer.isNew ? { ...rendered, status: 201 } : rendered;
    }
    default:
      return renderAnswer(answer);
  }
}

/** Adds code and cashier instructions when the settlement is not simply posted. */
function viewDocument(view: SettlementView): object {
  const { settlement, explained, legs, refunds, corrections, claim, reason } = view;
  const document = {
    ...settlementDocument(settlement, explained, legs, refunds),
    ...standingMembers(view),
    ...correctionMembers(corrections, claim),
  };
  if (reason === undefined) return document;
  const { code, message, cashier } = problemBody(reason, {});
  return { ...document, code, message, cashier };
}

function foundDocument({ serverTime, records }: RequestsFound): object {
  const items = records.map((record) => ({
    requestKey: record.requestKey,
    state: record.state,
    settlementId: record.settlementId ?? null,
    status: record.answer?.status ?? null,
    answer: record.answer === undefined ? null : (JSON.parse(record.answer.body) as object),
  }));
  return { serverTime: isoTime(serverTime), items };
}
