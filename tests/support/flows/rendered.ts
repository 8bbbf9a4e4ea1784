/** Answers as the JSON surface shows them, for tests that look at bodies and statuses. */
import type { RenderedAnswer } from '../../../engine/domain/request/request-record.ts';
import type { Answered } from '../../../engine/flows/execute-command.ts';
import type { FlowAnswer } from '../../../engine/flows/flow-answer.ts';
import { renderFlowAnswer } from '../../../engine/http/render-flow-answer.ts';

export function rendered(answer: FlowAnswer): RenderedAnswer {
  return renderFlowAnswer(answer);
}

/** The parsed body. */
export function bodyOf(answer: FlowAnswer): object {
  return JSON.parse(renderFlowAnswer(answer).body) as object;
}

/** What a terminal is told: the stored bytes, or the answer rendered now. */
export function toldBy(answered: Answered): RenderedAnswer {
  return answered.rendered ?? renderFlowAnswer(answered.answer);
}
