import { type Stopped, stopped } from '../agent/advice.ts';
import type { Certificate } from '../client/certificate.ts';
import type { EngineResult, Refusal } from '../client/engine-result.ts';

/** What came of a question to the engine that moves no money. */
export type Answered<Document> =
  | {
      readonly kind: 'approved';
      readonly document: Document;
      readonly certificate: Certificate;
    }
  | { readonly kind: 'declined'; readonly refusal: Refusal }
  /** The engine answers that it does not know yet, with its words for it. */
  | { readonly kind: 'unknown'; readonly refusal: Refusal }
  /** No answer, or none that can be trusted. */
  | Stopped;

export function answeredOf<Document>(result: EngineResult<Document>): Answered<Document> {
  switch (result.kind) {
    case 'approved': {
      const { body: document, certificate } = result;
      return { kind: 'approved', document, certificate };
    }
    case 'declined':
      return { kind: 'declined', refusal: result.refusal };
    case 'unreachable':
      return stopped('engine', 'UNREACHABLE');
    case 'unknown': {
      const { refusal } = result;
      return refusal === undefined ? stopped('engine', 'NO_ANSWER') : { kind: 'unknown', refusal };
    }
  }
}
